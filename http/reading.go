package http

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/labstack/echo/v4"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
	"staffledger/domain/codes"
	"staffledger/domain/person"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/http/internal/gen"
	"staffledger/projections/views"
)

type grant = usecase.Grant

// who is the principal of a request behind a guard that let it through.
func who(c echo.Context) *principal { return askedOf(c).who }

// mayRead refuses a reader whose scopes do not cover a unit.
func (s *Server) mayRead(ctx context.Context, p *principal, unit domain.UnitID) error {
	if p.wholeCity() {
		return nil
	}
	may, err := s.o.Commands.MayRead(ctx, p.user, unit)
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

// readable finds a unit by id or code and refuses who may not read it.
func (s *Server) readable(c echo.Context, ref string) (views.Unit, error) {
	ctx := c.Request().Context()
	u, err := s.o.Views.FindUnit(ctx, ref)
	if err != nil {
		return u, err
	}
	return u, s.mayRead(ctx, who(c), u.ID)
}

// readableChange finds a change by id or number.
func (s *Server) readableChange(c echo.Context, ref string) (views.Change, error) {
	ctx := c.Request().Context()
	x, err := s.o.Views.Change(ctx, ref)
	if err != nil {
		return x, err
	}
	return x, s.mayRead(ctx, who(c), x.Unit)
}

// readablePerson finds a person: open to who may read the unit where the
// person holds or held a post, or has a change. What stands in other units is
// left out.
func (s *Server) readablePerson(ctx context.Context, p *principal, id domain.PersonID) (views.Person, error) {
	x, err := s.o.Views.FindPerson(ctx, id)
	if err != nil {
		return x, err
	}
	reads := map[domain.UnitID]bool{}
	may := func(unit domain.UnitID) bool {
		if known, ok := reads[unit]; ok {
			return known
		}
		reads[unit] = s.mayRead(ctx, p, unit) == nil
		return reads[unit]
	}
	if p.wholeCity() {
		return x, nil
	}
	x.Holdings = slices.DeleteFunc(x.Holdings, func(h views.PersonHolding) bool { return !may(h.Unit) })
	x.Changes = slices.DeleteFunc(x.Changes, func(r views.ChangeRow) bool { return !may(r.Unit) })
	if x.Unit != "" && !may(x.Unit) {
		x.Holding, x.Unit, x.UnitName = nil, "", ""
	}
	if len(x.Holdings)+len(x.Changes) == 0 {
		return x, domain.Refuse(domain.OutOfJurisdiction, "person", "roles", readingRoles)
	}
	return x, nil
}

// opened is an event with its payload.
type opened struct {
	domain.Recorded
	payload domain.Payload
	closed  bool // the reader may not read what it is about: no names of people
}

// open decodes an event and opens what is sealed in it, where the reader may
// read what it is about. What was erased, or stays closed, is left sealed.
func (s *Server) open(ctx context.Context, p *principal, r domain.Recorded) (opened, error) {
	payload, err := catalogue.Decode(r.Event)
	if err != nil {
		return opened{}, err
	}
	e := opened{Recorded: r, payload: payload}
	e.closed = s.mayReadEvent(ctx, p, e) != nil
	sealing, ok := payload.(domain.Sealing)
	if !ok || e.closed {
		return e, nil
	}
	for _, x := range sealing.Sealed() {
		if x == nil {
			continue
		}
		if clear, err := s.o.Commands.Unseal(r.ID, x); err == nil {
			x.Clear = clear
		} else if !errors.Is(err, domain.ErrErased) {
			return e, err
		}
	}
	if registered, ok := payload.(person.Registered); ok {
		masked(registered.Private)
	}
	return e, nil
}

// masked hides the ID number of a registered person: it is shown nowhere.
func masked(x *domain.Personal) {
	var id person.Identity
	if x == nil || x.Clear == nil || json.Unmarshal(x.Clear, &id) != nil {
		return
	}
	id.IDNumber = codes.MaskID(id.IDNumber)
	x.Clear, _ = json.Marshal(id)
}

// mayReadEvent refuses who may not read an event in words.
func (s *Server) mayReadEvent(ctx context.Context, p *principal, e opened) error {
	_, reads := p.scopes()
	switch e.Stream.Kind() {
	case domain.AccountStream:
		return s.mayRead(ctx, p, domain.UnitID(e.Stream.Key()))
	case domain.PersonStream:
		switch x := e.payload.(type) {
		case person.Claimed:
			return s.mayRead(ctx, p, x.Unit)
		case person.Held:
			return s.mayRead(ctx, p, x.Unit)
		case person.Released:
			return s.mayRead(ctx, p, x.Unit)
		}
		_, err := s.readablePerson(ctx, p, domain.PersonID(e.Stream.Key()))
		return err
	case domain.UserStream:
		if p.wholeCity() || p.has(domain.Admin) {
			return nil
		}
	case domain.PolicyStream, domain.CalendarStream, domain.LedgerStream:
		if reads || p.has(domain.Admin) {
			return nil
		}
	default: // pools, documents, unit codes
		if reads {
			return nil
		}
	}
	return domain.Refuse(domain.NotAuthorised, "actor", "roles", readingRoles)
}

// line says an event in one sentence.
func (s *Server) line(c echo.Context, lang text.Lang, e opened) gen.EventLine {
	said := text.Sentence(lang, e.Recorded, e.payload, s.namesFor(c, e))
	l := gen.EventLine{Position: e.Position, Id: string(e.ID), Type: string(e.Type), Stream: e.Stream, Revision: e.Revision, Time: e.Time,
		Effective: e.Effective, Step: said.Step.Code, StepLabel: said.Step.Label, Sentence: said.String(), Runs: runs(said.Runs), Details: []gen.Detail{}}
	for _, d := range said.Details {
		l.Details = append(l.Details, gen.Detail{Code: d.Code, Label: d.Label, Runs: runs(d.Runs)})
	}
	return l
}

func runs(from []text.Run) []gen.Run {
	to := make([]gen.Run, len(from))
	for i, r := range from {
		to[i] = gen.Run{Text: r.Text, Kind: r.Kind, Id: r.ID}
	}
	return to
}

// since says the events that a failed precondition shows, to a reader who may
// see them.
func (s *Server) since(c echo.Context, lang text.Lang, events []domain.Recorded) []gen.Since {
	said := []gen.Since{}
	for _, r := range events {
		row := gen.Since{Position: r.Position, Revision: r.Revision, Time: r.Time}
		if e, err := s.open(c.Request().Context(), who(c), r); err == nil {
			row.Sentence = text.Sentence(lang, e.Recorded, e.payload, s.namesFor(c, e)).String()
		}
		said = append(said, row)
	}
	return said
}

// namesFor are the names that a sentence about an event may use.
func (s *Server) namesFor(c echo.Context, e opened) text.Names {
	if e.closed {
		return unnamed{s.names(c)}
	}
	return s.names(c)
}

// unnamed names no person.
type unnamed struct{ text.Names }

func (unnamed) Person(domain.PersonID) string { return "" }

// names resolves ids for sentences, once per request and id.
type names struct {
	s     *Server
	ctx   context.Context
	known map[string]string
}

func (s *Server) names(c echo.Context) text.Names {
	a := askedOf(c)
	if a.name == nil {
		a.name = &names{s, c.Request().Context(), map[string]string{}}
	}
	return a.name
}

func (n *names) find(kind, id string, look func() (string, error)) string {
	key := kind + ":" + id
	if name, ok := n.known[key]; ok {
		return name
	}
	name, err := look()
	if err != nil {
		name = "" // the short form of the id stands in its place
	}
	n.known[key] = name
	return name
}

func (n *names) User(id domain.UserID) string {
	return n.find("user", string(id), func() (string, error) {
		u, err := n.s.o.Views.User(n.ctx, id)
		return u.Name, err
	})
}

func (n *names) Person(id domain.PersonID) string {
	return n.find("person", string(id), func() (string, error) {
		x, err := n.s.o.Views.FindPerson(n.ctx, id)
		return x.Particulars.Name, err
	})
}

func (n *names) Unit(id domain.UnitID) string {
	return n.find("unit", string(id), func() (string, error) {
		u, err := n.s.o.Views.FindUnit(n.ctx, string(id))
		if u.ShortName != "" {
			return u.ShortName, err
		}
		return u.Name, err
	})
}

func (n *names) Document(id domain.DocumentID) string {
	return n.find("document", string(id), func() (string, error) {
		d, err := n.s.o.Views.Document(n.ctx, string(id))
		return d.Number, err
	})
}

func (n *names) Change(id domain.ChangeID) string {
	return n.find("change", string(id), func() (string, error) {
		x, err := n.s.o.Views.Change(n.ctx, string(id))
		return x.Number, err
	})
}

func (n *names) Approval(id domain.ApprovalID) string {
	return n.find("approval", string(id), func() (string, error) {
		a, err := n.s.o.Views.Approval(n.ctx, string(id))
		return a.Number, err
	})
}

// asOf reads effective and known, whose form the contract has checked.
func (s *Server) asOf(effective, known string) (asof views.AsOf, err error) {
	if effective != "" {
		if asof.Effective, err = domain.ParseDay(effective); err != nil {
			return asof, err
		}
	}
	if at, ok := cutPrefix(known, "@"); ok {
		var p domain.Position
		for _, digit := range at {
			p = p*10 + domain.Position(digit-'0')
		}
		if p >= s.o.Ledger.Size() {
			return asof, refuse(ParameterMalformed, "known", "rule", ruleRange, "max", int64(s.o.Ledger.Size())-1)
		}
		asof.KnownAt = &p
	} else if known != "" {
		asof.Known, err = domain.ParseDay(known)
	}
	return asof, err
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):], true
	}
	return s, false
}

func balance(b account.Balance) gen.Balance {
	return gen.Balance{A: b[0], O: b[1], R: b[2], H: b[3], F: b.Free()}
}
