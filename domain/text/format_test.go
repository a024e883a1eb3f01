package text

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
)

func TestFormats(t *testing.T) {
	t.Parallel()
	day := domain.DayOf(2026, 11, 24)
	at := domain.InstantOf(time.Date(2026, 11, 24, 9, 5, 3, 0, domain.Shanghai))
	for _, c := range []struct{ got, want string }{
		{Date(ZH, day), "2026年11月24日"}, {Date(EN, day), "24 Nov 2026"}, {Date(ZH, domain.NoDay), ""},
		{DateTime(ZH, at), "2026年11月24日 09:05:03"}, {DateTime(EN, at), "24 Nov 2026 09:05:03"},
		{DateWeekday(ZH, day), "2026年11月24日 星期二"}, {DateWeekday(EN, day), "Tuesday, 24 Nov 2026"}, {DateWeekday(EN, domain.NoDay), ""},
		{MonthDay(day), "11-24"}, {MonthDay(domain.NoDay), ""}, {Month(ZH, day), "2026年11月"}, {Month(EN, day), "Nov 2026"},
		{PartialDate(ZH, "2021-07"), "2021年7月"}, {PartialDate(EN, "2021-07"), "Jul 2021"}, {PartialDate(ZH, "1999"), "1999年"},
		{PartialDate(EN, "1999"), "1999"}, {PartialDate(ZH, "1999-01-01"), "1999年1月1日"}, {PartialDate(ZH, "unclear"), "unclear"},
		{Number(0), "0"}, {Number(999), "999"}, {Number(152317), "152,317"}, {Number(-1234567), "−1,234,567"},
		{Number(domain.Position(1000)), "1,000"}, {Signed(3), "+3"}, {Signed(-3), "−3"}, {Signed(0), "0"},
		{Count(ZH, Posts, 3), "3名"}, {Count(EN, Posts, 1), "1 post"}, {Count(EN, People, 1200), "1,200 people"}, {Count(ZH, Entries, 1284), "1,284条"},
		{Nth(ZH, 152317), "第152,317条"}, {Nth(EN, 152317), "no. 152,317"},
		{Sum(account.Balance{50, 46, 2, 2}), "50−2−46−2=0"}, {Sum(account.Balance{4, 5}), "4−0−5−0=−1"},
		{Figures(ZH, account.Balance{50, 46, 2, 2}), "核定50，实有46，预留2，控编2，空余0"},
		{LineName(ZH, "administrative/full"), "行政编制"}, {LineName(ZH, "institution/full"), "事业编制（全额）"},
		{LineName(ZH, "administrative/partial/separate"), "行政编制（差额，单列）"}, {LineName(EN, "institution/self/earmarked"), "Institution (self-funded, earmarked)"},
		{LineNameShort(ZH, "enforcement/full"), "行政执法"}, {LineName(EN, "enforcement/full"), "Enforcement"},
		{LevelName(ZH, "330200", day), "市本级"}, {LevelName(ZH, "330203", day), "海曙区"}, {LevelName(EN, "330213", day), "Fenghua"},
		{Code(ZH, "division", "330204", day), "江东区"}, {Code(ZH, "sex", "7", day), "7"},
		{Remaining(ZH, 3).Label, "剩3个工作日"}, {Remaining(ZH, 0).Label, "今日到期"}, {Remaining(ZH, -2).Label, "逾期2个工作日"},
		{Remaining(EN, 3).Label, "3 working days left"}, {Remaining(EN, 1).Label, "1 working day left"}, {Remaining(EN, 0).Label, "due today"},
		{Remaining(EN, -1).Label, "1 working day overdue"},
		{ChangeStatus(ZH, "review", account.GateOffice).Label, "待编办审核"}, {ChangeStatus(EN, "returned", "").Label, "Returned"},
		{LineStatus(ZH, account.Balance{4, 5}).Label, "超编"}, {LineStatus(ZH, account.Balance{4, 4}).Label, "满编"}, {LineStatus(EN, account.Balance{4}).Label, "Posts free"},
		{Field(ZH, "idnumber"), "证件号码"}, {Field(EN, "rows[3].since"), "In post since"}, {Field(ZH, "document.title"), "标题"}, {Field(ZH, "particulars.title"), "职称"},
		{Field(ZH, "nobody-knows"), "nobody-knows"}, {Label(ZH, "role", "gate:office"), "编办审核"}, {Label(EN, "exitreason", "retirement"), "Retirement"},
		{Label(ZH, "refusal", domain.NoFreePost), "没有空余"}, {Label(EN, "event", "use.expired.v1"), "Approval expired"}, {Label(ZH, "step", "passed"), "通过"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// Deadline agrees with the calendar: n working days after today is n left.
func TestDeadlineCountsWorkingDays(t *testing.T) {
	t.Parallel()
	calendar := (*codes.Calendar)(nil).With(2026, []domain.Day{domain.DayOf(2026, 10, 1)}, []domain.Day{domain.DayOf(2026, 10, 10)})
	for today := domain.DayOf(2026, 9, 20); today < domain.DayOf(2026, 10, 20); today++ {
		for n := 1; n < 12; n++ {
			due, err := calendar.WorkingDaysAfter(today, n)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := Deadline(ZH, today, due, calendar); err != nil || got != Remaining(ZH, n) {
				t.Errorf("from %s to %s: %v %v, want %d left", today, due, got, err, n)
			}
			if got, err := Deadline(ZH, due+1, due, calendar); err != nil || got != Remaining(ZH, -1) {
				t.Errorf("on the day after %s: %v %v", due, got, err)
			}
		}
		if got, err := Deadline(EN, today, today, calendar); err != nil || got.Code != "today" {
			t.Errorf("on the day itself: %v %v", got, err)
		}
	}
	var missing *codes.MissingYear
	if _, err := Deadline(ZH, domain.DayOf(2026, 12, 30), domain.DayOf(2027, 1, 5), calendar); !errors.As(err, &missing) || missing.Year != 2027 {
		t.Errorf("into a year without calendar: %v", err)
	}
}

// Every code that the source declares has a name in both languages.
func TestEveryCodeHasAName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		folder, typ string
		tables      []string
	}{
		{"domain", "Role", []string{"role", "role-short"}},
		{"domain/account", "Gate", []string{"gate", "gate-short", "gate-review"}},
		{"domain/account", "Kind", []string{"changekind"}},
		{"domain/codes", "PostKind", []string{"postkind", "postkind-short"}},
		{"domain/codes", "Funding", []string{"funding"}}, {"domain/codes", "Flag", []string{"flag"}},
		{"domain/codes", "PersonClass", []string{"personclass"}}, {"domain/codes", "Manner", []string{"manner"}},
		{"domain/codes", "ExitReason", []string{"exitreason"}},
	} {
		found := constants(sources(t, c.folder), c.typ)
		if len(found) < 2 {
			t.Errorf("%s: only %d constants of type %s", c.folder, len(found), c.typ)
		}
		for _, code := range found {
			for _, table := range c.tables {
				for _, lang := range langs {
					if name := Label(lang, table, code.value); name == "" || name == code.value {
						t.Errorf("%s %s has no name in table %s", c.typ, code.value, table)
					}
				}
			}
		}
	}
	for _, state := range constants(sources(t, "projections/views"), "ChangeState") {
		if s := Status(ZH, "change", state.value); s.Label == state.value {
			t.Errorf("state of a change %q has no label", state.value)
		}
	}
	for table, rows := range labels {
		for code, label := range rows {
			if label.zh == "" || label.en == "" {
				t.Errorf("%s %s: %+v", table, code, label)
			}
			if upperFirst(label.en) != label.en {
				t.Errorf("%s %s: %q does not begin with a capital", table, code, label.en)
			}
		}
		if len(order[table]) != len(rows) {
			t.Errorf("table %s names a code twice", table)
		}
	}
}

// Every field of a command, and of the particulars, has a name.
func TestEveryFieldHasAName(t *testing.T) {
	t.Parallel()
	commands := []any{usecase.EstablishUnit{}, usecase.SetPool{}, usecase.MoveQuota{}, usecase.HoldBackPosts{}, usecase.FreePosts{},
		usecase.ApproveUse{}, usecase.RevokeUse{}, usecase.ChangeForm{}, usecase.Collect{}, usecase.CollectBatch{}, usecase.Resubmit{},
		usecase.Pass{}, usecase.PassBatch{}, usecase.BatchRow{}, usecase.Return{}, usecase.Withdraw{}, usecase.Record{}, usecase.RecordBatch{},
		usecase.StartOpening{}, usecase.OpeningForm{}, usecase.AddOpeningPart{}, usecase.CompleteOpening{}, usecase.AbandonOpening{},
		usecase.RegisterDocument{}, usecase.RegisterUser{}, usecase.DisableUser{}, usecase.GrantRole{}, usecase.ConfirmRole{},
		usecase.RevokeRole{}, usecase.SetPolicy{}, usecase.SetCalendar{}, account.Particulars{}}
	for _, command := range commands {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(command)) {
			name := strings.ToLower(field.Name)
			if field.Anonymous {
				continue
			}
			if label, ok := labels["field"][name]; !ok {
				t.Errorf("%T: the field %s has no name (%v)", command, name, label)
			}
		}
	}
}

func TestCodesAreInOrder(t *testing.T) {
	t.Parallel()
	if got := Codes("gate"); !slices.Equal(got, []string{"unit-head", "supervisor", "organization", "hr", "office"}) {
		t.Errorf("gates: %v", got)
	}
	if got := Codes("postkind"); len(got) != len(codes.PostKinds) || got[0] != "administrative" {
		t.Errorf("kinds of post: %v", got)
	}
	if got := Codes("step"); !slices.Contains(got, StepOf(account.TypeStaffingReturned)) {
		t.Errorf("steps: %v", got)
	}
	if got := Codes("nothing"); got != nil {
		t.Errorf("unknown table: %v", got)
	}
}
