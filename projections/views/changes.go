package views

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
)

const changeColumns = `c.n,c.id,c.number,u.id,u.name,c.kind,coalesce(p.id,''),coalesce(p.name,''),c.line,c.class,c.effective,c.state,c.gate,c.passed,c.route,c.due,
	c.collected,c.collector,c.revision,c.position,c.batch`

const changeTables = " FROM change c JOIN unit u ON u.n=c.unit LEFT JOIN person p ON p.n=c.person"

func scanChange(scan func(...any) error, r *ChangeRow, n *int64, route *string, more ...any) error {
	err := scan(append([]any{n, &r.ID, &r.Number, &r.Unit, &r.UnitName, &r.Kind, &r.Person, &r.PersonName, &r.Line, &r.Class, &r.Effective, &r.State,
		&r.Gate, &r.Passed, route, &r.Due, &r.Collected, &r.Collector, &r.Revision, &r.Position, &r.BatchID}, more...)...)
	r.Gates = len(strings.Fields(*route))
	return err
}

// changes reads a page of changes; next tells that there are more.
func (s *snapshot) changes(f *filter, by order, limit int) (rows []ChangeRow, last cursor, err error) {
	more := false
	err = s.each("SELECT "+changeColumns+changeTables+f.clause()+by.clause()+" LIMIT ?", append(slices.Clone(f.args), limit+1), func(scan func(...any) error) error {
		if len(rows) == limit {
			more = true
			return nil
		}
		var r ChangeRow
		var n int64
		var route string
		if err := scanChange(scan, &r, &n, &route); err != nil {
			return err
		}
		rows = append(rows, r)
		last = cursor{n}
		if len(by) > 1 {
			last = cursor{int64(r.Due), n}
			if r.Due == domain.NoDay {
				last[0] = int64(maxDay)
			}
		}
		return nil
	})
	if !more {
		last = nil
	}
	return rows, last, err
}

// Changes lists changes, newest first or by deadline; those without one, which
// stand still or are ended, come last.
func (v *Views) Changes(ctx context.Context, q ChangeQuery) (page ChangePage, err error) {
	limit, err := limitOf(q.Limit)
	if err != nil {
		return page, err
	}
	key := q
	key.After, key.Limit = "", 0
	name := fmt.Sprintf("changes %+v", key)
	by, kinds := orderBy("-c.n"), "i"
	if q.ByDue {
		by, kinds = orderBy("iif(c.due=0,2147483647,c.due)", "c.n"), "ii"
	}
	after, err := decodeCursor(name, q.After, kinds)
	if err != nil {
		return page, err
	}
	for _, state := range q.States {
		if !slices.Contains([]ChangeState{InReview, Returned, ToRecord, IsRecorded, Withdrawn}, state) {
			return page, fmt.Errorf("%w: state %q", ErrQuery, state)
		}
	}
	var f filter
	f.scoped("u.n", "u.level", q.Scope, q.Scopes)
	if q.Unit != "" {
		f.add("c.unit=(SELECT n FROM unit WHERE id=?)", string(q.Unit))
	}
	if q.Person != "" {
		f.add("c.person=(SELECT n FROM person WHERE id=?)", string(q.Person))
	}
	if q.Kind != "" {
		f.add("c.kind=?", string(q.Kind))
	}
	if len(q.States) > 0 {
		var args []any
		for _, state := range q.States {
			args = append(args, string(state))
		}
		f.add("c.state IN (?"+strings.Repeat(",?", len(args)-1)+")", args...)
		if !slices.Contains(q.States, IsRecorded) && !slices.Contains(q.States, Withdrawn) {
			f.add("c.state IN ('review','returned','to-record')") // lets the index of waiting changes be used
		}
	}
	tallied := q.Person == "" && q.Gate == "" && q.Done == "" && q.NotHuman == "" && q.DueBy == domain.NoDay && q.Batch == "" && q.Text == ""
	counted := f.copied()
	if q.Gate != "" {
		f.add("c.gate=? AND c.state='review'", string(q.Gate))
	}
	if q.Done != "" {
		f.add("c.n IN (SELECT change FROM touch WHERE user=(SELECT n FROM user WHERE id=?))", string(q.Done))
	}
	if q.NotHuman != "" {
		// who sat at the very gate that the change waits for may sit there again
		f.add("instr(' '||c.humans||' ',?)=0 AND instr(replace(' '||c.humans||' ',?||c.gate||' ',' '),?)=0 AND (p.id IS NULL OR p.id<>?)",
			" "+string(q.NotHuman)+" ", " "+string(q.NotHuman)+"@", " "+string(q.NotHuman)+"@", string(q.NotHuman))
	}
	if q.DueBy != domain.NoDay {
		f.add("c.due<>0 AND c.due<=?", int64(q.DueBy))
	}
	if q.Batch != "" {
		f.add("c.batch=? AND c.batch<>''", q.Batch)
	}
	if q.Text != "" {
		f.matchingChange(q.Text)
	}
	err = v.reading(ctx, func(s *snapshot) error {
		count := "SELECT count(*)" + changeTables + f.clause()
		args := f.args
		if tallied { // the table of counts has the columns that these filters name
			count, args = "SELECT coalesce(sum(c.n),0) FROM tally c JOIN unit u ON u.n=c.unit"+counted.clause(), counted.args
		}
		if err := s.one(count, args, &page.Total); err != nil {
			return err
		}
		f := f.copied()
		f.after(by, after)
		rows, last, err := s.changes(f, by, limit)
		page.Rows = rows
		if last != nil {
			page.Next = encodeCursor(name, last)
		}
		return err
	})
	return page, err
}

// matchingChange finds changes by number (the beginning is enough), and by the
// name of person or unit.
func (f *filter) matchingChange(text string) {
	number := strings.ToUpper(strings.TrimSpace(text))
	match := matchOf(text)
	if match == "" {
		f.add("0")
		return
	}
	f.add(`(c.number>=? AND c.number<? OR c.person IN (SELECT rowid>>2 FROM search WHERE search MATCH ? AND rowid&3=1)
		OR c.unit IN (SELECT rowid>>2 FROM search WHERE search MATCH ? AND rowid&3=0))`, number, number+"\U0010ffff", match, match)
}

// Change returns a change by id or number with its steps, which are read from
// the ledger by tag up to the position of the views: opinions and returns stand
// there sealed and are in no view.
func (v *Views) Change(ctx context.Context, ref string) (c Change, err error) {
	next := domain.Position(0)
	err = v.reading(ctx, func(s *snapshot) error {
		for _, where := range []string{"c.id=?", "c.number=?"} {
			found := false
			query := "SELECT " + changeColumns + ",c.manner,c.exitreason,c.approval,c.hash,c.particulars,c.note,c.document,coalesce((SELECT number FROM document WHERE id=c.document),'')" +
				changeTables + " WHERE " + where
			err := s.each(query, []any{ref}, func(scan func(...any) error) error {
				var n int64
				var route, particulars string
				content := &c.Content
				found = true
				if err := scanChange(scan, &c.ChangeRow, &n, &route, &content.Manner, &content.ExitReason, &content.Approval, &content.Hash, &particulars, &c.Note, &c.Document, &c.DocumentNo); err != nil {
					return err
				}
				for _, g := range strings.Fields(route) {
					c.Route = append(c.Route, account.Gate(g))
				}
				if particulars != "" {
					if err := json.Unmarshal([]byte(particulars), &c.Particulars); err != nil {
						return err
					}
				}
				content.Kind, content.Person, content.LineKey, content.Class = c.Kind, c.Person, c.Line, c.Class
				return nil
			})
			if err != nil {
				return err
			}
			if found {
				return s.one("SELECT value FROM meta WHERE key='next'", nil, &next)
			}
		}
		return ErrNotFound
	})
	if err != nil {
		return Change{}, err
	}
	c.Steps, err = v.steps(ctx, c.ID, next)
	if err != nil {
		return Change{}, err
	}
	names := map[domain.UserID]string{}
	for i := range c.Steps {
		step := &c.Steps[i]
		name, ok := names[step.User]
		if !ok {
			u, err := v.User(ctx, step.User)
			if err == nil {
				name = u.Name
			}
			names[step.User] = name
		}
		step.UserName = name
	}
	return c, nil
}

func (v *Views) steps(ctx context.Context, id domain.ChangeID, before domain.Position) ([]ChangeStep, error) {
	var steps []ChangeStep
	var hashes []string
	hash := ""
	for r, err := range v.opts.Ledger.Tagged(ctx, before, string(domain.TagOf(domain.TagChange, id))) {
		if err != nil {
			return nil, err
		}
		payload, err := catalogue.Decode(r.Event)
		if err != nil {
			return nil, err
		}
		step := ChangeStep{Position: r.Position, Type: r.Type, Time: r.Time, Role: r.ActorRole}
		if r.AuthType == domain.AuthUser {
			step.User = domain.UserID(r.AuthID)
		}
		content := ""
		switch p := payload.(type) {
		case account.StaffingCollected:
			content = p.Hash
		case account.StaffingResubmitted:
			content = p.Hash
		case account.StaffingReviewed:
			step.Gate, content = p.Gate, p.Hash
			err = v.opinion(r.ID, p.Opinion, &step)
		case account.StaffingReturned:
			step.Gate = p.Gate
			err = v.opinion(r.ID, p.Opinion, &step)
		case account.StaffingWithdrawn:
			err = v.opinion(r.ID, p.Text, &step)
		}
		if err != nil {
			return nil, err
		}
		// newest first: the first collected or resubmitted met is the content
		if hash == "" && (r.Type == account.TypeStaffingCollected || r.Type == account.TypeStaffingResubmitted) {
			hash = content
		}
		steps, hashes = append(steps, step), append(hashes, content)
	}
	slices.Reverse(steps)
	slices.Reverse(hashes)
	standing := true
	for i := len(steps) - 1; i >= 0; i-- {
		switch steps[i].Type {
		case account.TypeStaffingReviewed:
			steps[i].Stands = standing && hashes[i] == hash
		case account.TypeStaffingResubmitted, account.TypeStaffingCollected:
			// once the content was another, earlier passes are void for good
			standing = standing && hashes[i] == hash
		}
	}
	return steps, nil
}

// opinion opens the sealed text of a step: an Opinion, or a note. An erased one
// is empty.
func (v *Views) opinion(event domain.EventID, sealed *domain.Personal, step *ChangeStep) error {
	if sealed == nil {
		return nil
	}
	var o struct {
		account.Opinion
		Note string `json:"note"`
	}
	if err := v.opts.openEvent(event, sealed, &o); err != nil {
		return err
	}
	step.Opinion, step.Fields = o.Text, o.Fields
	if step.Opinion == "" {
		step.Opinion = o.Note
	}
	return nil
}
