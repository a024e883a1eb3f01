package web

import (
	"net/url"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/text"
	"staffledger/projections/views"
)

type personView struct {
	Person  views.Person
	Basic   []inputRow
	Career  []inputRow
	Status  text.Step
	Changes []queueRow
	Exit    string // address of the form for an exit
	Latest  []eventView
	Erased  bool
}

func (r *request) personPage() error {
	x, err := r.person(domain.PersonID(r.c.Param("person")))
	if err != nil {
		return err
	}
	p := x.Particulars
	v := personView{Person: x, Erased: p.Name == ""}
	name := p.Name
	if v.Erased {
		name = r.t("person.erased")
	}
	f := r.page(name, "people", crumb{r.t("nav.people"), "/people"}, crumb{Text: name})
	f.Facts = []fact{{Label: text.Field(r.lang, "idnumber"), Text: x.IDMasked, Mono: true}}
	if x.Unit != "" {
		f.Facts = append(f.Facts, fact{Label: text.Field(r.lang, "unit"), Text: x.UnitName, Href: "/units/" + string(x.Unit)})
	}
	row := func(into *[]inputRow, field, value string) {
		if value == "" {
			value = r.t("nothing")
		}
		*into = append(*into, inputRow{text.Field(r.lang, field), value})
	}
	table := func(table, value string) string {
		if value == "" {
			return ""
		}
		return text.Code(r.lang, table, value, domain.NoDay)
	}
	row(&v.Basic, "name", p.Name)
	row(&v.Basic, "sex", table(codes.TableSex, p.Sex))
	row(&v.Basic, "birth", text.PartialDate(r.lang, p.Birth))
	row(&v.Basic, "idnumber", x.IDMasked)
	row(&v.Basic, "ethnicity", table(codes.TableEthnicity, p.Ethnicity))
	row(&v.Basic, "nativeplace", p.NativePlace)
	row(&v.Basic, "politics", table(codes.TablePolitics, p.Politics))
	row(&v.Career, "education", table(codes.TableEducation, p.Education))
	row(&v.Career, "degree", table(codes.TableDegree, p.Degree))
	row(&v.Career, "school", p.School)
	row(&v.Career, "workstart", text.PartialDate(r.lang, p.WorkStart))
	row(&v.Career, "title", p.Title)
	state := "left"
	switch {
	case x.Holding != nil && x.Holding.ExitUnderway != "":
		state = "leaving"
	case x.Holding != nil:
		state = "held"
	case len(x.Holdings) == 0 && slices.ContainsFunc(x.Changes, func(c views.ChangeRow) bool { return slices.Contains(liveStates, c.State) }):
		state = "entering"
	case len(x.Holdings) == 0:
		state = "none"
	}
	v.Status = text.Status(r.lang, "person", state)
	if state == "held" && r.has(usecaseCollect) {
		v.Exit = "/changes/new?kind=exit&unit=" + string(x.Unit) + "&person=" + string(x.ID)
	}
	if v.Changes, err = r.queueRows(x.Changes, false); err != nil {
		return err
	}
	if v.Latest, err = r.latest(5, domain.TagOf(domain.TagPerson, x.ID)); err != nil {
		return err
	}
	return r.render("person", f, v)
}

type peopleView struct {
	Query string
	Rows  []personRow
	More  bool
}

type personRow struct {
	views.RosterRow
	UnitName string
	Unit     domain.UnitID
	Status   text.Step
}

const peopleRows = 100

// findPeople takes the form of the search for people: a number that may be an
// ID number never comes into an address.
func (r *request) findPeople() error {
	q := r.field("q")
	if len(strings.Map(digit, q)) >= 14 {
		return r.searchPage("", true)
	}
	return r.see("/people?q=" + url.QueryEscape(q))
}

// people finds people by name; the units' rosters list them all.
func (r *request) people() error {
	v := peopleView{Query: r.query("q")}
	f := r.page(r.t("nav.people"), "people", crumb{Text: r.t("nav.people")})
	if v.Query != "" {
		found, err := r.p.Views.Search(r.ctx, v.Query, peopleRows)
		if err != nil {
			return err
		}
		v.Rows, v.More = r.personRows(found), len(found.People) == peopleRows
	}
	return r.render("people", f, v)
}

// personRows are the people of a search that the reader may see.
func (r *request) personRows(found views.SearchResult) []personRow {
	reads := map[domain.UnitID]bool{}
	var rows []personRow
	for _, x := range found.People {
		unit, known := found.PeopleIn[x.Person]
		if known {
			may, asked := reads[unit.ID]
			if !asked {
				may = r.mayRead(unit.ID) == nil
				reads[unit.ID] = may
			}
			if !may {
				continue
			}
		} else if _, err := r.person(x.Person); err != nil {
			continue
		}
		state := "held"
		if !known {
			state = "none"
		} else if x.To != domain.NoDay {
			state = "left"
		}
		rows = append(rows, personRow{x, shortName(unit), unit.ID, text.Status(r.lang, "person", state)})
	}
	return rows
}
