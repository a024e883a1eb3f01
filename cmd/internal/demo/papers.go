package demo

import (
	"fmt"
	"strings"

	"staffledger/domain"
	"staffledger/domain/usecase"
)

// register registers a paper of today: 甬<letters>〔year〕n号.
func (f *filler) register(by *sign, letters, issuer, title, grants string, withFile bool) (domain.DocumentID, error) {
	day := f.today()
	year := day.Year()
	key := fmt.Sprintf("%s%d", letters, year)
	f.papers[key]++
	number := fmt.Sprintf("甬%s〔%d〕%d号", letters, year, f.papers[key])
	command := usecase.RegisterDocument{Number: number, Issuer: issuer, Title: title, Grants: grants, Date: day}
	if withFile && f.c.Documents != nil {
		text := fmt.Sprintf("%s\n\n%s\n\n%s\n%d年%d月%d日\n\n（演示文件，内容全部为虚构。）\n", title, number, issuer, year, month(day), dayOfMonth(day))
		digest, size, err := f.c.Documents.Put(f.ctx, strings.NewReader(text))
		if err != nil {
			return "", err
		}
		command.File, command.Digest, command.Size = number+".txt", digest, size
	}
	result, _, err := f.must(by, frame{}, command)
	return domain.DocumentID(result.ID), err
}

func month(d domain.Day) int {
	_, m, _ := d.Date()
	return int(m)
}

func dayOfMonth(d domain.Day) int {
	_, _, day := d.Date()
	return day
}

// deskPaper is the paper of a desk about one thing: one of a month serves for
// all that happens in it.
func (f *filler) deskPaper(d *desk, by *sign, about, title string, share float64) (domain.DocumentID, error) {
	month := f.today().Year()*12 + month(f.today())
	if p, ok := d.monthly[about]; ok && p.month == month && f.rng.chance(share) {
		return p.id, nil
	}
	id, err := f.register(by, d.letters, d.issuer, title, "", false)
	d.monthly[about] = paper{id, month}
	return id, err
}
