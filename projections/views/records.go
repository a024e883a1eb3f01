package views

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"staffledger/domain"
)

const approvalColumns = `a.id,a.number,u.id,a.line,a.manner,a.posts,a.drawn,a.consumed,a.day,a.validto,a.ended,a.document,
	coalesce((SELECT number FROM document WHERE id=a.document),''),a.plan,a.revision`

// Approvals lists the approvals of a unit, newest first; openOnly leaves out
// those that have expired or were revoked.
func (v *Views) Approvals(ctx context.Context, unit domain.UnitID, openOnly bool) (rows []Approval, err error) {
	var f filter
	f.add("u.id=?", string(unit))
	if openOnly {
		f.add("a.ended=0")
	}
	err = v.reading(ctx, func(s *snapshot) error {
		return s.each("SELECT "+approvalColumns+" FROM unit u JOIN approval a ON a.account=u.n"+f.clause()+" ORDER BY a.n DESC", f.args, func(scan func(...any) error) error {
			var a Approval
			err := scanApproval(scan, &a)
			rows = append(rows, a)
			return err
		})
	})
	return rows, err
}

// Approval returns an approval by id or number.
func (v *Views) Approval(ctx context.Context, ref string) (a Approval, err error) {
	err = v.reading(ctx, func(s *snapshot) error {
		for _, where := range []string{"a.id=?", "a.number=?"} {
			found := false
			err := s.each("SELECT "+approvalColumns+" FROM approval a JOIN unit u ON u.n=a.account WHERE "+where, []any{ref}, func(scan func(...any) error) error {
				found = true
				return scanApproval(scan, &a)
			})
			if err != nil || found {
				return err
			}
		}
		return ErrNotFound
	})
	return a, err
}

func scanApproval(scan func(...any) error, a *Approval) error {
	err := scan(&a.ID, &a.Number, &a.Unit, &a.Line, &a.Manner, &a.Posts, &a.Drawn, &a.Consumed, &a.Day, &a.ValidTo, &a.Ended,
		&a.Document, &a.DocumentNo, &a.Plan, &a.Revision)
	if !a.Ended {
		a.Rest = a.Posts - a.Drawn - a.Consumed
	}
	return err
}

const documentColumns = "d.n,d.id,d.number,d.issuer,d.title,d.date,d.digest,d.size,d.cited"

func scanDocument(scan func(...any) error, d *Document, n *int64) error {
	return scan(n, &d.ID, &d.Number, &d.Issuer, &d.Title, &d.Date, &d.Digest, &d.Size, &d.Cited)
}

// Document returns a document by id or number; of several with one number the
// newest.
func (v *Views) Document(ctx context.Context, ref string) (d Document, err error) {
	err = v.reading(ctx, func(s *snapshot) error {
		for _, where := range []string{"d.id=?", "d.number=?"} {
			found := false
			err := s.each("SELECT "+documentColumns+" FROM document d WHERE "+where+" ORDER BY d.n DESC LIMIT 1", []any{ref}, func(scan func(...any) error) error {
				var n int64
				found = true
				return scanDocument(scan, &d, &n)
			})
			if err != nil || found {
				return err
			}
		}
		return ErrNotFound
	})
	return d, err
}

// Documents lists documents, newest first, or those whose number, title or
// issuer contains a text.
func (v *Views) Documents(ctx context.Context, q DocumentQuery) (page DocumentPage, err error) {
	limit, err := limitOf(q.Limit)
	if err != nil {
		return page, err
	}
	name := fmt.Sprintf("documents %q", q.Text)
	after, err := decodeCursor(name, q.After, "i")
	if err != nil {
		return page, err
	}
	var f filter
	if q.Text != "" {
		f.matching("d.n", searchDocument, q.Text)
	}
	by := orderBy("-d.n")
	err = v.reading(ctx, func(s *snapshot) error {
		if err := s.one("SELECT count(*) FROM document d"+f.clause(), f.args, &page.Total); err != nil {
			return err
		}
		f := f.copied()
		f.after(by, after)
		var n int64
		return s.each("SELECT "+documentColumns+" FROM document d"+f.clause()+by.clause()+" LIMIT ?", append(f.args, limit+1), func(scan func(...any) error) error {
			if len(page.Rows) == limit {
				page.Next = encodeCursor(name, cursor{n})
				return nil
			}
			var d Document
			if err := scanDocument(scan, &d, &n); err != nil {
				return err
			}
			page.Rows = append(page.Rows, d)
			return nil
		})
	})
	return page, err
}

// User returns a user with the grants as they stand; ErrNotFound.
func (v *Views) User(ctx context.Context, id domain.UserID) (u User, err error) {
	users, err := v.readUsers(ctx, "u.id=?", string(id))
	if err != nil {
		return u, err
	}
	if len(users) == 0 {
		return u, ErrNotFound
	}
	return users[0], nil
}

// Users lists all users in the order in which they were registered.
func (v *Views) Users(ctx context.Context) ([]User, error) { return v.readUsers(ctx, "1") }

func (v *Views) readUsers(ctx context.Context, where string, args ...any) (users []User, err error) {
	err = v.reading(ctx, func(s *snapshot) error {
		at := map[int64]int{}
		err := s.each("SELECT u.n,u.id,u.name,u.signin,u.human,u.disabled,u.revision FROM user u WHERE "+where+" ORDER BY u.n", args, func(scan func(...any) error) error {
			var u User
			var n int64
			err := scan(&n, &u.ID, &u.Name, &u.SignIn, &u.Human, &u.Disabled, &u.Revision)
			at[n] = len(users)
			users = append(users, u)
			return err
		})
		if err != nil {
			return err
		}
		query := "SELECT g.user,g.id,g.role,g.level,g.unit,g.proposed,g.by,g.position FROM user u JOIN user_grant g ON g.user=u.n WHERE " + where + " ORDER BY g.position, g.id"
		return s.each(query, args, func(scan func(...any) error) error {
			var g Grant
			var n int64
			if err := scan(&n, &g.ID, &g.Role, &g.Scope.Level, &g.Scope.Unit, &g.Proposed, &g.By, &g.Position); err != nil {
				return err
			}
			u := &users[at[n]]
			u.Grants = append(u.Grants, g)
			return nil
		})
	})
	return users, err
}

// UnderWay lists open processes, oldest first: each stream on which one waits.
func (v *Views) UnderWay(ctx context.Context) (open []Process, err error) {
	err = v.reading(ctx, func(s *snapshot) error {
		return s.each("SELECT id,kind,stream,since,change FROM process ORDER BY position, stream", nil, func(scan func(...any) error) error {
			var p Process
			err := scan(&p.ID, &p.Kind, &p.Stream, &p.Since, &p.Change)
			open = append(open, p)
			return err
		})
	})
	return open, err
}

// Unfinished lists processes that have begun and are not settled, oldest first
// (usecase.Hints).
func (v *Views) Unfinished(ctx context.Context) (ids []domain.ProcessID, err error) {
	err = v.reading(ctx, func(s *snapshot) error {
		return s.each("SELECT id FROM process GROUP BY id ORDER BY min(position)", nil, func(scan func(...any) error) error {
			var id domain.ProcessID
			err := scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	return ids, err
}

// FallenDue lists the accounts on which something falls due on a day or before
// and is not written yet: approvals that were valid to an earlier day, and
// posts that land (usecase.Hints).
func (v *Views) FallenDue(ctx context.Context, day domain.Day) (streams []domain.Stream, err error) {
	query := `SELECT u.id, p.level FROM (SELECT account FROM approval WHERE ended=0 AND validto<?1 UNION SELECT account FROM landing WHERE day<=?1) d
		LEFT JOIN unit u ON u.n=d.account LEFT JOIN pool p ON p.n=d.account ORDER BY d.account`
	err = v.reading(ctx, func(s *snapshot) error {
		return s.each(query, []any{int64(day)}, func(scan func(...any) error) error {
			var unit *domain.UnitID
			var level *domain.Level
			if err := scan(&unit, &level); err != nil {
				return err
			}
			switch {
			case unit != nil:
				streams = append(streams, domain.AccountOf(*unit))
			case level != nil:
				streams = append(streams, domain.PoolOf(*level))
			}
			return nil
		})
	})
	return streams, err
}

// Search finds units, people, documents and changes that contain every word of
// a text, at most perKind of each (1–500; 0: 5).
func (v *Views) Search(ctx context.Context, words string, perKind int) (found SearchResult, err error) {
	if perKind == 0 {
		perKind = 5
	}
	if perKind, err = limitOf(perKind); err != nil {
		return found, err
	}
	found.PeopleIn = map[domain.PersonID]Unit{}
	if matchOf(words) == "" {
		return found, nil
	}
	err = v.reading(ctx, func(s *snapshot) error {
		return errors.Join(s.searchUnits(&found, words, perKind), s.searchPeople(&found, words, perKind),
			s.searchDocuments(&found, words, perKind), s.searchChanges(&found, words, perKind))
	})
	return found, err
}

func (s *snapshot) searchUnits(found *SearchResult, words string, limit int) error {
	var f filter
	f.matching("u.n", searchUnit, words)
	return s.each("SELECT "+unitColumns+" FROM unit u"+f.clause()+" ORDER BY u.code,u.n LIMIT ?", append(f.args, limit), func(scan func(...any) error) error {
		var u Unit
		var n int64
		err := scanUnit(scan, &u, &n)
		found.Units = append(found.Units, u)
		return err
	})
}

// searchPeople finds people with their present holding, or the last one.
func (s *snapshot) searchPeople(found *SearchResult, words string, limit int) error {
	var f filter
	f.matching("n", searchPerson, words)
	query := "SELECT n,id,name,masked,holding FROM person" + f.clause() + " ORDER BY holding=0, n LIMIT ?"
	type hit struct {
		n, holding int64
		row        RosterRow
	}
	var hits []hit
	err := s.each(query, append(f.args, limit), func(scan func(...any) error) error {
		var h hit
		err := scan(&h.n, &h.row.Person, &h.row.Name, &h.row.IDMasked, &h.holding)
		hits = append(hits, h)
		return err
	})
	if err != nil {
		return err
	}
	for _, h := range hits {
		query := "SELECT " + rosterColumns + ",h.n," + unitColumns + " FROM holding h JOIN person p ON p.n=h.person JOIN unit u ON u.n=h.unit" +
			" WHERE h.person=? AND h.known_to=9223372036854775807 ORDER BY h.n DESC LIMIT 1"
		err := s.each(query, []any{h.n}, func(scan func(...any) error) error {
			var u Unit
			var hn, un int64
			err := scanUnit(func(unit ...any) error { return scanRoster(scan, &h.row, append([]any{&hn}, unit...)...) }, &u, &un)
			if err == nil && hn == h.holding {
				found.PeopleIn[h.row.Person] = u
			}
			return err
		})
		if err != nil {
			return err
		}
		found.People = append(found.People, h.row)
	}
	return nil
}

func (s *snapshot) searchDocuments(found *SearchResult, words string, limit int) error {
	var f filter
	f.matching("d.n", searchDocument, words)
	return s.each("SELECT "+documentColumns+" FROM document d"+f.clause()+" ORDER BY d.n DESC LIMIT ?", append(f.args, limit), func(scan func(...any) error) error {
		var d Document
		var n int64
		err := scanDocument(scan, &d, &n)
		found.Documents = append(found.Documents, d)
		return err
	})
}

func (s *snapshot) searchChanges(found *SearchResult, words string, limit int) (err error) {
	var f filter
	f.matchingChange(words)
	found.Changes, _, err = s.changes(&f, orderBy("-c.n"), limit)
	return err
}

// openEvent reads a sealed object of an event; an erased one leaves v alone.
func (o Options) openEvent(event domain.EventID, p *domain.Personal, v any) error {
	clear, err := o.Unseal(p.Key, event, p.Box)
	if errors.Is(err, domain.ErrErased) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(clear, v)
	}
	if err != nil {
		return fmt.Errorf("sealed object of %s in event %s: %w", p.Key, event, err)
	}
	return nil
}
