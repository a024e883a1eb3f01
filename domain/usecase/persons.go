package usecase

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/person"
)

// personSeen is a person with what the stream says at this moment.
type personSeen struct {
	id         domain.PersonID
	fact       account.PersonFact
	registered bool
	open       domain.ProcessID // what is open about the person, if anything
}

// see reads a person's stream for a decision on a unit's account. What is open
// about the person is driven to its end first: it would only say "busy".
func (s *Service) see(ctx context.Context, id domain.PersonID, unit domain.UnitID) (personSeen, error) {
	x, err := s.person(ctx, id)
	if err != nil {
		return personSeen{}, err
	}
	if _, _, open := x.Open(); open {
		if _, err := s.detached(ctx, func(ctx context.Context) error { return s.drivePerson(ctx, id) }); err != nil {
			return personSeen{}, err
		}
		if x, err = s.person(ctx, id); err != nil {
			return personSeen{}, err
		}
	}
	seen := personSeen{id: id, registered: x.Registered()}
	if c, _, open := x.Open(); open {
		seen.fact.Busy, seen.open = true, c.Process
	}
	seen.fact.FreeFrom = x.FreeFrom()
	if h, holds := x.Holding(); holds && h.Unit != unit {
		seen.fact.HoldsElsewhere = h.Unit
	}
	return seen, nil
}

// formRow is a change form, read: the content in codes, what is to be sealed,
// and what class 3 found.
type formRow struct {
	form        ChangeForm
	content     account.Content
	particulars account.Particulars
	fact        account.PersonFact
	found       domain.Findings
	open        domain.ProcessID // what is open about the person
	idNumber    string           // of an entry, folded
	toRegister  bool
}

// collect is the account's command for the row.
func (r *formRow) collect(change domain.ChangeID, batch *domain.Batch) account.Collect {
	var private *domain.Personal
	switch {
	case r.content.Kind == account.Entry:
		private = domain.PersonalOf(personKey(r.content.Person), r.particulars)
	case r.particulars.Note != "":
		private = domain.PersonalOf(personKey(r.content.Person), account.ChangeNote{Note: r.particulars.Note})
	}
	return account.Collect{Change: change, Content: r.content, Effective: r.form.Effective, Private: private, Person: r.fact, Batch: batch}
}

// readRow checks a change form and finds its person. A person who is new to the
// ledger gets an id, and is registered only when the row is written.
func (s *Service) readRow(ctx context.Context, c command, auth authorised, unit domain.UnitID, f ChangeForm, fresh newPersons) (*formRow, error) {
	form := form{day: auth.now.Day()}
	r := &formRow{form: f}
	r.content, r.particulars = form.change(f)
	if r.idNumber = form.identity(f); r.idNumber != "" && f.Kind == account.Entry {
		form.derive(&r.particulars, r.idNumber)
	}
	if err := s.findPerson(ctx, c, r, &form, unit, fresh); err != nil {
		return nil, err
	}
	r.content.Hash = s.contentHash(r)
	r.found = form.found
	return r, nil
}

// newPersons are the people of one command who are new to the ledger, by ID
// number: whom two rows name is one person.
type newPersons map[string]domain.PersonID

// id is the id to be of the person with a number.
func (n newPersons) id(c command, number string) domain.PersonID {
	if _, met := n[number]; !met {
		n[number] = domain.PersonID(c.thingID(domain.TagPerson, len(n)))
	}
	return n[number]
}

// findPerson fills in who the form is about.
func (s *Service) findPerson(ctx context.Context, c command, r *formRow, form *form, unit domain.UnitID, fresh newPersons) error {
	id := r.form.Person
	if id == "" {
		if r.idNumber == "" {
			return nil // said by the form already
		}
		known, ok, err := s.o.Sealer.Lookup(ctx, r.idNumber)
		if err != nil {
			return err
		}
		if !ok {
			if r.content.Kind == account.Entry {
				r.content.Person, r.toRegister = fresh.id(c, r.idNumber), true
			}
			return nil
		}
		id = known
	}
	seen, err := s.see(ctx, id, unit)
	if err != nil {
		return err
	}
	r.content.Person, r.fact, r.open = id, seen.fact, seen.open
	switch {
	case seen.registered:
		return s.sameIdentity(ctx, r, form)
	case r.form.Person == "" && r.content.Kind == account.Entry:
		r.toRegister = true // a crash came between binding and registering
	default:
		form.found.Add(domain.Refuse(domain.UnknownThing, "person", "person", clip(string(id))))
	}
	return nil
}

// sameIdentity holds a form against the identity on record: an ID number names
// one human being, and another name is a matter of correction, not of entry.
func (s *Service) sameIdentity(ctx context.Context, r *formRow, form *form) error {
	if r.content.Kind != account.Entry && r.idNumber == "" {
		return nil
	}
	identity, err := s.identity(ctx, r.content.Person)
	if err != nil {
		return err
	}
	differs := r.idNumber != "" && r.idNumber != identity.IDNumber
	if differs {
		form.found.Add(domain.Refuse(domain.FieldMalformed, "idnumber", "rule", "idnumber-differs"))
	}
	if r.content.Kind != account.Entry {
		return nil
	}
	switch {
	case r.particulars.Name == "":
		r.particulars.Name = identity.Name
	case r.particulars.Name != identity.Name:
		form.found.Add(domain.Refuse(domain.FieldMalformed, "name", "rule", "name-differs"))
	}
	if !differs {
		form.derive(&r.particulars, identity.IDNumber)
	}
	return nil
}

// identity opens the sealed identity of a registered person.
func (s *Service) identity(ctx context.Context, id domain.PersonID) (person.Identity, error) {
	for r, err := range s.o.Log.Stream(ctx, domain.PersonOf(id), 0) {
		if err != nil {
			return person.Identity{}, err
		}
		p, err := decode(r)
		if err != nil {
			return person.Identity{}, err
		}
		if e, ok := p.(person.Registered); ok {
			var identity person.Identity
			clear, err := s.o.Sealer.Unseal(e.Private.Key, r.ID, e.Private.Box)
			if err != nil {
				return identity, fmt.Errorf("open the identity of person %s: %w", id, err)
			}
			return identity, json.Unmarshal(clear, &identity)
		}
	}
	return person.Identity{}, fmt.Errorf("person %s is not registered", id)
}

// contentHash is the keyed digest that a pass binds: of all that the form says.
func (s *Service) contentHash(r *formRow) string {
	clear := r.content
	clear.Hash = ""
	said := struct {
		account.Content
		Particulars account.Particulars
		Effective   domain.Day
		Document    domain.DocumentID
	}{clear, r.particulars, r.form.Effective, r.form.Document}
	b, err := json.Marshal(said)
	if err != nil {
		panic(fmt.Sprintf("usecase: content has no JSON form: %v", err)) // a mistake in the program
	}
	return s.o.Sealer.Digest("content", b)
}

// registerPersons binds the ID numbers of new people and registers them. It
// asks for another attempt where somebody else was faster with one of them.
func (s *Service) registerPersons(ctx context.Context, c command, auth authorised, rows []*formRow) error {
	var fresh []*formRow
	var identities []Identity
	named := map[domain.PersonID]bool{}
	for _, r := range rows {
		if r.toRegister && !named[r.content.Person] {
			named[r.content.Person] = true
			fresh = append(fresh, r)
			identities = append(identities, Identity{IDNumber: r.idNumber, Proposed: r.content.Person})
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	bound, err := s.o.Sealer.Bind(ctx, identities)
	if err != nil {
		return err
	}
	for i, b := range bound {
		if b.Person != fresh[i].content.Person {
			return errAnew
		}
	}
	return s.each(len(fresh), func(i int) error {
		id := fresh[i].content.Person
		private := domain.PersonalOf(personKey(id), person.Identity{Name: fresh[i].particulars.Name, IDNumber: fresh[i].idNumber})
		d := person.New(id).DecideRegister(private)
		o := c.origin(auth).causedBy("")
		stream := domain.PersonOf(id)
		_, err := s.append(ctx, stream, domain.NoStream, o, number(c.id, stream, d.Drafts))
		var conflict *domain.Conflict
		if errors.As(err, &conflict) {
			return nil // registered by whoever bound it
		}
		return err
	})
}

// content of a change as it stands, opened.
type oldContent struct {
	content     account.Content
	particulars account.Particulars
	effective   domain.Day
	document    domain.DocumentID
}

// contentOf reads the last collected or resubmitted content of a change.
func (s *Service) contentOf(ctx context.Context, id domain.ChangeID) (oldContent, error) {
	for r, err := range s.o.Log.Tagged(ctx, s.o.Log.Size(), string(domain.TagOf(domain.TagChange, id))) {
		if err != nil {
			return oldContent{}, err
		}
		p, err := decode(r)
		if err != nil {
			return oldContent{}, err
		}
		var old oldContent
		var private *domain.Personal
		switch e := p.(type) {
		case account.StaffingCollected:
			old.content, private = e.Content, e.Private
		case account.StaffingResubmitted:
			old.content, private = e.Content, e.Private
		default:
			continue
		}
		old.effective, old.document = r.Effective, r.DocumentID
		if private != nil {
			clear, err := s.o.Sealer.Unseal(private.Key, r.ID, private.Box)
			if err != nil {
				return old, fmt.Errorf("open change %s: %w", id, err)
			}
			if err := json.Unmarshal(clear, &old.particulars); err != nil {
				return old, fmt.Errorf("change %s: %w", id, err)
			}
		}
		return old, nil
	}
	return oldContent{}, fmt.Errorf("change %s has no content", id)
}
