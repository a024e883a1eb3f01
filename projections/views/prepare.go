package views

import (
	"encoding/json"
	"errors"
	"fmt"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/document"
	"staffledger/domain/person"
	"staffledger/domain/user"
	"staffledger/projections"
)

// Unseal opens a sealed object of an event (the vault does). Where the key was
// destroyed its error wraps domain.ErrErased: the person, unit or document then
// has a pseudonym.
type Unseal func(key string, event domain.EventID, box []byte) ([]byte, error)

// What Prepare makes of an event beside its payload.
type (
	preparedPerson struct{ name, masked string }
	preparedChange struct {
		particulars, note string
	}
	preparedRow struct {
		account.Particulars
		particulars string
	}
)

// Pseudonym stands in place of the name of somebody or something whose key was
// destroyed.
func Pseudonym[ID ~string](id ID) string {
	short := string(id)
	if len(short) > 8 {
		short = short[:8]
	}
	return "已清除" + short
}

// Prepare opens what is sealed and read by a view. It keeps no state.
func (o Options) prepare(e *projections.Event) error {
	switch p := e.Payload.(type) {
	case person.Registered:
		var id person.Identity
		erased, err := o.open(e, p.Private, &id)
		if err != nil {
			return err
		}
		if erased {
			id = person.Identity{Name: Pseudonym(e.Stream.Key())}
		}
		e.Prepared = preparedPerson{id.Name, codes.MaskID(id.IDNumber)}
	case account.UnitEstablished:
		var text account.UnitText
		erased, err := o.open(e, p.Text, &text)
		if err != nil {
			return err
		}
		if erased {
			text = account.UnitText{Name: Pseudonym(e.Stream.Key())}
		}
		e.Prepared = text
	case document.Registered:
		var text document.Text
		erased, err := o.open(e, p.Text, &text)
		if err != nil {
			return err
		}
		if erased {
			text = document.Text{Title: Pseudonym(e.Stream.Key())}
		}
		e.Prepared = text
	case user.Registered:
		var text user.Text
		erased, err := o.open(e, p.Text, &text)
		if err != nil {
			return err
		}
		if erased {
			text = user.Text{Name: Pseudonym(e.Stream.Key())}
		}
		e.Prepared = text
	case account.UseApproved:
		var text account.ApprovalText
		if _, err := o.open(e, p.Text, &text); err != nil {
			return err
		}
		e.Prepared = text
	case account.StaffingCollected:
		return o.prepareChange(e, p.Content, p.Private)
	case account.StaffingResubmitted:
		return o.prepareChange(e, p.Content, p.Private)
	case account.OpeningPart:
		rows := make([]preparedRow, len(p.Rows))
		for i, r := range p.Rows {
			if err := o.particulars(e, r.Person, r.Private, &rows[i].Particulars); err != nil {
				return err
			}
			rows[i].particulars = text(rows[i].Particulars)
		}
		e.Prepared = rows
	}
	return nil
}

func (o Options) prepareChange(e *projections.Event, c account.Content, sealed *domain.Personal) error {
	var p account.Particulars
	if err := o.particulars(e, c.Person, sealed, &p); err != nil {
		return err
	}
	made := preparedChange{note: p.Note}
	if c.Kind == account.Entry {
		made.particulars = text(p)
	}
	e.Prepared = made
	return nil
}

// particulars reads Particulars; a ChangeNote is one with only a note.
func (o Options) particulars(e *projections.Event, id domain.PersonID, sealed *domain.Personal, into *account.Particulars) error {
	erased, err := o.open(e, sealed, into)
	if erased {
		*into = account.Particulars{Name: Pseudonym(id)}
	}
	return err
}

// open reads a sealed object into v; an absent one leaves v alone.
func (o Options) open(e *projections.Event, p *domain.Personal, v any) (erased bool, err error) {
	if p == nil {
		return false, nil
	}
	clear, err := o.Unseal(p.Key, e.ID, p.Box)
	if errors.Is(err, domain.ErrErased) {
		return true, nil
	}
	if err == nil {
		err = json.Unmarshal(clear, v)
	}
	if err != nil {
		return false, fmt.Errorf("sealed object of %s in event %s: %w", p.Key, e.ID, err)
	}
	return false, nil
}

// text is the JSON of v, which has one.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
