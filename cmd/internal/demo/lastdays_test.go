package demo_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"staffledger/cmd/internal/demo"
	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/person"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// city is a filled city on its last evening, open for more.
type city struct {
	*testing.T
	filled
	*measured
	today   domain.Day // the last working day
	service *usecase.Service
	users   map[string]domain.UserID
	people  map[string][]domain.PersonID // by name
}

func openCity(t *testing.T, c demo.Config, f filled) *city {
	t.Helper()
	clock := &world.Clock{}
	clock.Set(f.Ended)
	service, err := usecase.Open(t.Context(), usecase.Options{Log: f.store, Sealer: f.sealer, SignIns: f.sealer, Clock: clock, IDs: &world.IDs{}})
	if err != nil {
		t.Fatal(err)
	}
	today := c.Until
	for {
		working, err := service.Calendar().IsWorkingDay(today)
		if err != nil {
			t.Fatal(err)
		}
		if working {
			break
		}
		today--
	}
	clock.Set(max(f.Ended, today.Start()+18*3600*1000))
	x := &city{T: t, filled: f, measured: measure(t, f.store, f.sealer), today: today, service: service, users: map[string]domain.UserID{},
		people: map[string][]domain.PersonID{}}
	for _, u := range f.Users {
		x.users[u.SignIn] = u.ID
	}
	for r, err := range f.store.All(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Type != person.TypeRegistered {
			continue
		}
		p, _ := person.Decode(r.Type, r.Data)
		private := p.(person.Registered).Private
		var identity person.Identity
		clear, err := f.sealer.Unseal(private.Key, r.ID, private.Box)
		if err == nil {
			err = json.Unmarshal(clear, &identity)
		}
		if err != nil {
			t.Fatal(err)
		}
		x.people[identity.Name] = append(x.people[identity.Name], domain.PersonID(r.Stream.Key()))
	}
	return x
}

// live is the one live change about somebody of a name.
func (x *city) live(name string) (domain.UnitID, account.Change) {
	x.Helper()
	var unit domain.UnitID
	var found []account.Change
	for _, a := range x.accounts {
		for _, c := range a.LiveChanges() {
			if slices.Contains(x.people[name], c.Content.Person) {
				unit, found = a.UnitID(), append(found, c)
			}
		}
	}
	if len(found) != 1 {
		x.Fatalf("%d live changes about %s", len(found), name)
	}
	return unit, found[0]
}

// try is what a command would be answered: "" or the name of the refusal.
func (x *city) try(signIn string, what usecase.Command) string {
	x.Helper()
	result, err := x.service.Do(x.Context(), usecase.Call{User: x.users[signIn], DryRun: true, IfMatch: domain.NoStream}, what)
	var r *domain.Refusal
	switch {
	case errors.As(err, &r):
		return r.Name
	case err != nil:
		x.Fatalf("%s: %T: %v", signIn, what, err)
	}
	for _, row := range result.Rows {
		if row.Refusal != nil {
			return row.Refusal.Name
		}
	}
	return ""
}

func (x *city) want(signIn string, what usecase.Command, refusal string) {
	x.Helper()
	if got := x.try(signIn, what); got != refusal {
		x.Errorf("%s: %T: got %q, want %q", signIn, what, got, refusal)
	}
}

// pass is the pass of the change about somebody, with the whole checklist.
func (x *city) pass(name string) usecase.Pass {
	x.Helper()
	_, c := x.live(name)
	return usecase.Pass{Change: c.ID, Items: x.items(c)}
}

func (x *city) items(c account.Change) []string {
	set, err := x.service.Policy(x.Context(), x.today)
	if err != nil {
		x.Fatal(err)
	}
	gate, _ := c.NextGate()
	var keys []string
	for _, item := range set.Checklists[string(gate)] {
		keys = append(keys, item.Key)
	}
	return keys
}

func (x *city) unit(name string) *account.Account {
	x.Helper()
	for id, text := range x.names {
		if text.Name == name {
			return x.accounts[domain.AccountOf(id)]
		}
	}
	x.Fatalf("no unit %s", name)
	return nil
}

// On the last evening every demo user finds what the sign-in page promises.
func TestLastDays(t *testing.T) {
	t.Parallel()
	for _, c := range []demo.Config{
		{Seed: 9, Until: day("2026-10-05"), Events: demo.EventsMin}, // within a long holiday
		{Seed: 4, Until: day("2027-02-15"), Events: 8_000},
	} {
		t.Run(c.Until.String(), func(t *testing.T) {
			t.Parallel()
			x := openCity(t, c, fill(t, c))
			today := x.today
			next, err := x.service.Calendar().WorkingDaysAfter(today, 1)
			if err != nil {
				t.Fatal(err)
			}
			for name, due := range map[string]domain.Day{"李芸": next, "秦朗": today} {
				if _, c := x.live(name); c.HandlingDue != due {
					t.Errorf("the change of %s is due on %s, want %s", name, c.HandlingDue, due)
				}
			}
			if _, late := x.live("罗素英"); late.HandlingDue >= today {
				t.Errorf("the exit of 罗素英 is due on %s", late.HandlingDue)
			}
			x.want("office", x.pass("李芸"), "")
			x.want("office", x.pass("罗素英"), "")
			x.want("office", x.pass("秦朗"), domain.NoFreePost)
			x.want("organization", x.pass("何川"), "")
			x.want("organization", x.pass("周宁"), domain.OwnFile)
			x.want("hr", x.pass("马骏"), "")
			x.want("head", x.pass("陶立新"), "")
			x.want("supervisor", x.pass("章未"), "")
			_, resigns := x.live("冯雨")
			x.want("recorder", usecase.Record{Change: resigns.ID}, "")
			for _, name := range []string{"赵启明", "柳依"} {
				_, returned := x.live(name)
				if returned.Status != account.StatusReturned {
					t.Errorf("the entry of %s is %s", name, returned.Status)
				}
			}
			_, returned := x.live("赵启明")
			x.want("collector", usecase.Withdraw{Change: returned.ID, Reason: "放弃录用"}, "")

			x.batches()
			x.posts()
			x.queues()
		})
	}
}

// batches are the lecturers who wait as two groups.
func (x *city) batches() {
	college := x.unit("宁波听澜职业技术学院")
	waiting := map[string][]usecase.BatchRow{}
	var one account.Change
	for _, c := range college.LiveChanges() {
		gate, ok := c.NextGate()
		if !ok {
			gate = "record"
		} else {
			one = c
		}
		waiting[string(gate)] = append(waiting[string(gate)], usecase.BatchRow{Change: c.ID, Revision: c.Revision})
	}
	if len(waiting["hr"]) < 8 || len(waiting["record"]) < 5 {
		x.Errorf("the college has %d lecturers before the bureau, %d before recording", len(waiting["hr"]), len(waiting["record"]))
	}
	x.want("hr", usecase.PassBatch{Unit: college.UnitID(), Rows: waiting["hr"], Items: x.items(one)}, "")
	x.want("recorder", usecase.RecordBatch{Unit: college.UnitID(), Rows: waiting["record"]}, "")
}

// posts are the full unit and the one with free posts.
func (x *city) posts() {
	today := x.today
	full, free, water := x.unit("宁波市港航事务协调与岸线资源管理服务中心"), x.unit("宁波市水文数据中心"), x.unit("宁波市水务协调局")
	line := codes.LineKey("institution/full")
	if b := full.BalanceOn(line, today); b.Free() != 0 {
		x.Errorf("the full unit has %v", b)
	}
	if b := free.BalanceOn(line, today); b.Free() < 2 {
		x.Errorf("the unit with free posts has %v", b)
	}
	if b := water.BalanceOn("administrative/full", today); b[2] != 2 || b[3] != 2 {
		x.Errorf("the water bureau has %v, want 2 reserved and 2 held back", b)
	}
	var doc domain.DocumentID
	for s, err := range x.store.Streams(x.Context(), domain.DocumentStream+"-") {
		if err != nil {
			x.Fatal(err)
		}
		doc = domain.DocumentID(s.Key())
	}
	approve := usecase.ApproveUse{Unit: free.UnitID(), Line: line, Posts: 1, Manner: codes.Recruitment, Document: doc}
	x.want("approver", approve, "")
	approve.Unit = full.UnitID()
	x.want("approver", approve, domain.NoFreePost)
	x.want("leader", usecase.MoveQuota{Giver: domain.PoolOf(codes.City), Taker: domain.AccountOf(free.UnitID()), GiverLine: line, TakerLine: line,
		Posts: 2, Effective: today, Document: doc}, "")
	x.want("leader", usecase.MoveQuota{Giver: domain.PoolOf(codes.City), Taker: domain.AccountOf(free.UnitID()), GiverLine: line, TakerLine: line,
		Posts: 21, Effective: today, Document: doc}, domain.NotAuthorised)
	x.want("collector", usecase.Collect{Unit: free.UnitID(), ChangeForm: usecase.ChangeForm{Kind: account.Entry, IDNumber: world.IDNumber(1),
		Particulars: account.Particulars{Name: "贺新"}, Line: line, Class: codes.ClassProfessional, Manner: codes.Resettlement, Effective: today, Document: doc}}, "")
	x.want("collector", usecase.Collect{Unit: full.UnitID(), ChangeForm: usecase.ChangeForm{Kind: account.Exit}}, domain.OutOfJurisdiction)
}

// queues counts what is under way by where it waits.
func (x *city) queues() {
	count := map[string]int{}
	for _, a := range x.accounts {
		for _, c := range a.LiveChanges() {
			gate, ok := c.NextGate()
			switch {
			case c.Status == account.StatusReturned:
				count["returned"]++
			case ok:
				count[string(gate)]++
			default:
				count["record"]++
			}
			switch {
			case c.Status == account.StatusReturned:
			case c.HandlingDue < x.today:
				count["overdue"]++
			case c.HandlingDue == x.today:
				count["due today"]++
			}
		}
	}
	for _, where := range []string{"organization", "hr", "office", "supervisor", "unit-head", "record", "returned", "overdue", "due today"} {
		if count[where] == 0 {
			x.Errorf("nothing %s: %v", where, count)
		}
	}
}

// The demo users hold their roles, and what the book names is there.
func TestUsersAndBook(t *testing.T) {
	t.Parallel()
	f, _ := small()
	x := openCity(t, smallConfig, f)
	roles := map[domain.Role]bool{}
	for i, u := range demo.Users() {
		if x.Users[i].DemoUser != u || u.TryZH == "" || u.TryEN == "" || u.Password == "" {
			t.Errorf("user %d: %+v, filled %+v", i, u, x.Users[i])
		}
		grants, _, active, err := x.service.Grants(t.Context(), x.Users[i].ID)
		if err != nil || !active || !slices.ContainsFunc(grants, func(g usecase.Grant) bool { return g.Role == u.Role }) {
			t.Errorf("%s: grants %v, active %v, %v", u.SignIn, grants, active, err)
		}
		roles[u.Role] = true
	}
	for _, role := range domain.Roles {
		if !roles[role] {
			t.Errorf("nobody to sign in as %s", role)
		}
	}
	for _, thing := range demo.Book() {
		found := len(x.people[thing.Name]) > 0
		if thing.Kind == "unit" {
			found = x.unit(thing.Name) != nil
		}
		if !found || thing.ZH == "" || thing.EN == "" {
			t.Errorf("%+v: found %v", thing, found)
		}
	}
}
