package web

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"staffledger/domain"
	"staffledger/domain/catalogue"
	"staffledger/domain/codes"
	"staffledger/domain/person"
	"staffledger/domain/usecase"
	"staffledger/projections/views"
)

// readingRoles see units and people within their scopes.
var readingRoles = slices.DeleteFunc(slices.Clone(domain.Roles), func(r domain.Role) bool { return !usecase.Reads(r) })

// scopes are what the reading roles cover; ok is false where there is none, nil
// is the whole city.
func (r *request) scopes() (scopes []domain.Scope, ok bool) {
	return r.scopesOf(readingRoles...)
}

// scopesOf are the scopes of some roles.
func (r *request) scopesOf(roles ...domain.Role) (scopes []domain.Scope, ok bool) {
	for _, g := range r.grants {
		switch {
		case !slices.Contains(roles, g.Role):
		case g.Scope.Whole():
			return nil, true
		case !slices.Contains(scopes, g.Scope):
			scopes = append(scopes, g.Scope)
		}
	}
	return scopes, len(scopes) > 0
}

// wholeCity tells whether a reading role holds over the whole city.
func (r *request) wholeCity() bool {
	scopes, ok := r.scopes()
	return ok && scopes == nil
}

// mayRead refuses a reader whose scopes do not cover a unit; the empty unit is
// the whole city.
func (r *request) mayRead(unit domain.UnitID) error {
	may, err := r.p.Commands.MayRead(r.ctx, r.session.User, unit)
	switch {
	case err != nil:
		return err
	case may:
		return nil
	case unit == "":
		return domain.Refuse(domain.OutOfJurisdiction, "level", "roles", readingRoles)
	}
	return domain.Refuse(domain.OutOfJurisdiction, "unit", "unit", string(unit), "roles", readingRoles)
}

// unit finds a unit by id or any code that the reader may read.
func (r *request) unit(ref string) (views.Unit, error) {
	u, err := r.p.Views.FindUnit(r.ctx, ref)
	if err != nil {
		return u, err
	}
	return u, r.mayRead(u.ID)
}

// change finds a change by id or number that the reader may read.
func (r *request) change(ref string) (views.Change, error) {
	c, err := r.p.Views.Change(r.ctx, ref)
	if err != nil {
		return c, err
	}
	return c, r.mayRead(c.Unit)
}

// person finds a personal file, open to who may read a unit where the person
// holds or held a post, or has a change; what stands in other units is left out.
func (r *request) person(ref domain.PersonID) (views.Person, error) {
	x, err := r.p.Views.FindPerson(r.ctx, ref)
	if err != nil || r.wholeCity() {
		return x, err
	}
	reads := map[domain.UnitID]bool{}
	may := func(unit domain.UnitID) bool {
		if _, known := reads[unit]; !known {
			reads[unit] = r.mayRead(unit) == nil
		}
		return reads[unit]
	}
	x.Holdings = slices.DeleteFunc(x.Holdings, func(h views.PersonHolding) bool { return !may(h.Unit) })
	x.Changes = slices.DeleteFunc(x.Changes, func(c views.ChangeRow) bool { return !may(c.Unit) })
	if x.Unit != "" && !may(x.Unit) {
		x.Holding, x.Unit, x.UnitName = nil, "", ""
	}
	if len(x.Holdings)+len(x.Changes) == 0 {
		return x, domain.Refuse(domain.OutOfJurisdiction, "person", "roles", readingRoles)
	}
	return x, nil
}

// opened is an event with its payload, sealed parts open where the reader may
// read them.
type opened struct {
	domain.Recorded
	payload domain.Payload
}

func (r *request) open(e domain.Recorded) (opened, error) {
	payload, err := catalogue.Decode(e.Event)
	if err != nil {
		return opened{}, err
	}
	o := opened{e, payload}
	sealing, ok := payload.(domain.Sealing)
	if !ok || !r.sees(o) {
		return o, nil
	}
	for _, x := range sealing.Sealed() {
		if x == nil {
			continue
		}
		clear, err := r.p.Commands.Unseal(e.ID, x)
		switch {
		case err == nil:
			x.Clear = clear
		case !errors.Is(err, domain.ErrErased):
			return o, err
		}
	}
	if registered, ok := payload.(person.Registered); ok {
		maskIdentity(registered.Private)
	}
	return o, nil
}

// maskIdentity hides the ID number of a registered person: it is shown nowhere.
func maskIdentity(x *domain.Personal) {
	var id person.Identity
	if x == nil || x.Clear == nil || json.Unmarshal(x.Clear, &id) != nil {
		return
	}
	id.IDNumber = codes.MaskID(id.IDNumber)
	x.Clear, _ = json.Marshal(id)
}

// sees tells whether the reader may read an event in words.
func (r *request) sees(e opened) bool { return r.mayReadEvent(e) == nil }

// mayReadEvent refuses who may not read an event in words.
func (r *request) mayReadEvent(e opened) error {
	_, reads := r.scopes()
	switch e.Stream.Kind() {
	case domain.AccountStream:
		return r.mayRead(domain.UnitID(e.Stream.Key()))
	case domain.PersonStream:
		switch x := e.payload.(type) {
		case person.Claimed:
			return r.mayRead(x.Unit)
		case person.Held:
			return r.mayRead(x.Unit)
		case person.Released:
			return r.mayRead(x.Unit)
		}
		_, err := r.person(domain.PersonID(e.Stream.Key()))
		return err
	case domain.UserStream:
		if r.wholeCity() || r.session.Has(domain.Admin) {
			return nil
		}
	case domain.PolicyStream, domain.CalendarStream, domain.LedgerStream:
		if reads || r.session.Has(domain.Admin) {
			return nil
		}
	default: // pools, documents, unit codes
		if reads {
			return nil
		}
	}
	return domain.Refuse(domain.NotAuthorised, "actor", "roles", readingRoles)
}

// names resolves ids for sentences, once per request and id. It implements
// text.Names.
type names struct {
	r     *request
	known map[string]string
}

func (n *names) find(kind, id string, look func(ctx context.Context, id string) (string, error)) string {
	key := kind + ":" + id
	if name, ok := n.known[key]; ok {
		return name
	}
	name, err := look(n.r.ctx, id)
	if err != nil {
		name = "" // the short form of the id stands in its place
	}
	n.known[key] = name
	return name
}

func (n *names) User(id domain.UserID) string {
	return n.find("user", string(id), func(ctx context.Context, id string) (string, error) {
		u, err := n.r.p.Views.User(ctx, domain.UserID(id))
		return u.Name, err
	})
}

func (n *names) Person(id domain.PersonID) string {
	return n.find("person", string(id), func(ctx context.Context, id string) (string, error) {
		if _, reads := n.r.scopes(); !reads {
			return "", nil
		}
		x, err := n.r.p.Views.FindPerson(ctx, domain.PersonID(id))
		return x.Particulars.Name, err
	})
}

func (n *names) Unit(id domain.UnitID) string {
	return n.find("unit", string(id), func(ctx context.Context, id string) (string, error) {
		u, err := n.r.p.Views.FindUnit(ctx, id)
		return shortName(u), err
	})
}

func (n *names) Document(id domain.DocumentID) string {
	return n.find("document", string(id), func(ctx context.Context, id string) (string, error) {
		d, err := n.r.p.Views.Document(ctx, id)
		return d.Number, err
	})
}

func (n *names) Change(id domain.ChangeID) string {
	return n.find("change", string(id), func(ctx context.Context, id string) (string, error) {
		c, err := n.r.p.Views.Change(ctx, id)
		return c.Number, err
	})
}

func (n *names) Approval(id domain.ApprovalID) string {
	return n.find("approval", string(id), func(ctx context.Context, id string) (string, error) {
		a, err := n.r.p.Views.Approval(ctx, id)
		return a.Number, err
	})
}

func shortName(u views.Unit) string {
	if u.ShortName != "" {
		return u.ShortName
	}
	return u.Name
}
