package model

import (
	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// Class 8: quota, with the numbers that every refusal of it must carry.
var quotaRows = []row{
	{name: domain.KindMismatch, field: "class", facts: facts{"line": adm, "class": codes.ClassProfessional},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			change := w.Collect("U1", entry(w, 1, ofLine(adm, codes.ClassProfessional)))
			w.Pass(change, "o1", "h1")
			return "f1", usecase.Pass{Change: change, Items: w.Items("f1")}
		}},
	{name: domain.KindMismatch, field: "takerline", facts: facts{"line": adm, "takerline": inst},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "L", move(w, unitOf(w, "U1"), cityPool, 1, func(k *usecase.MoveQuota) { k.TakerLine = inst })
		}},
	{name: domain.KindMismatch, field: "rows.199.class", facts: facts{"row": 199, "line": adm}, alone: true, // rows are counted as sent, whatever they are split into
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			bracket(w, "U1", 200)
			k := usecase.AddOpeningPart{Unit: w.UnitID("U1")}
			for n := range 200 {
				k.Rows = append(k.Rows, openingRowOf(w, n, "2026-03-02"))
			}
			k.Rows[199].Class = codes.ClassWorker
			return "K", k
		}},
	{name: domain.KindMismatch, field: "takerline", facts: facts{"line": adm + "/earmarked", "takerline": adm, "flag": codes.Earmarked}, // not divertible
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm+"/earmarked", 2, 0)
			return "L", move(w, unitOf(w, "U1"), cityPool, 1, func(k *usecase.MoveQuota) { k.GiverLine = adm + "/earmarked"; k.TakerLine = adm })
		}},
	{name: domain.NotConserved, field: "taker", facts: facts{"level": codes.City, "takerlevel": county},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "L", move(w, unitOf(w, "U1"), domain.PoolOf(county), 1)
		}},
	{name: domain.NotConserved, field: "taker", facts: facts{"level": codes.City, "takerlevel": county},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			id := w.Must("L", founding(w, func(k *usecase.EstablishUnit) { k.Level, k.Division = county, string(county) })).ID
			return "L", move(w, cityPool, domain.AccountOf(domain.UnitID(id)), 1)
		}},
	{name: domain.CutBelowOccupied, field: "posts", facts: facts{"line": adm, "day": "2026-03-02", "posts": 2, "A": 2, "O": 1, "R": 0, "H": 0, "F": 1},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Enter("U1", 1, adm, "2026-03-02")
			return "L", move(w, unitOf(w, "U1"), cityPool, 2)
		}},
	{name: domain.CutBelowOccupied, field: "posts", facts: facts{"day": "2026-03-02", "posts": 1, "A": 1, "O": 1, "R": 0, "H": 0, "F": 0}, // on an earlier day; today a post is held back
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 1, 0)
			_, p := w.Enter("U1", 1, adm, "2026-03-02")
			w.At("2026-03-09")
			exit := w.Collect("U1", w.ExitForm(p, "2026-03-05"))
			w.Pass(exit, world.Gates...)
			w.Must("e1", usecase.Record{Change: exit})
			w.Must("L", hold(w, 1, "2026-03-09"))
			return "L", move(w, unitOf(w, "U1"), cityPool, 1, func(k *usecase.MoveQuota) { k.Effective = w.Day("2026-03-02") })
		}},
	{name: domain.PoolExhausted, field: "posts", facts: facts{"line": adm, "day": "2026-03-02", "posts": 3, "A": 2, "O": 0, "R": 0, "H": 0, "F": 2},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 0, 0)
			w.Must("K", usecase.SetPool{Level: codes.City, Line: adm, Posts: 2, Document: w.Document()})
			return "L", move(w, cityPool, unitOf(w, "U1"), 3)
		}},
	{name: domain.NoFreePost, field: "line", facts: facts{"line": adm, "day": "2026-03-02", "A": 3, "O": 1, "R": 1, "H": 1, "F": 0},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 3, 1)
			w.Enter("U1", 1, adm, "2026-03-02")
			change := w.Collect("U1", entry(w, 2))
			w.Pass(change, world.Gates...)
			approve(w, "f2", 1, "2026-03-20")
			return "e1", usecase.Record{Change: change}
		}},
	{name: domain.NoFreePost, field: "posts", facts: facts{"A": 2, "O": 0, "R": 2, "H": 0, "F": 0},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			approve(w, "f2", 2, "2026-03-20")
			return "L", move(w, unitOf(w, "U1"), cityPool, 1) // reserved posts are not given away
		}},
	{name: domain.NoFreePostOnDate, field: "line", facts: facts{"line": adm, "day": "2026-03-04", "A": 2, "O": 1, "R": 0, "H": 1, "F": 0},
		call: func(w *world.World) (string, usecase.Command) { // a dip between two good ends
			w.Unit("U1", adm, 2, 0)
			w.At("2026-03-10")
			_, p := w.Enter("U1", 1, adm, "2026-03-04")
			w.Must("L", hold(w, 1, "2026-03-03"))
			exit := w.Collect("U1", w.ExitForm(p, "2026-03-06"))
			w.Pass(exit, world.Gates...)
			w.Must("e1", usecase.Record{Change: exit})
			change := w.Collect("U1", entry(w, 2, effective(w, "2026-03-03")))
			w.Pass(change, "o1", "h1")
			return "f1", usecase.Pass{Change: change, Items: w.Items("f1")}
		}},
	{name: domain.NoFreePostOnDate, field: "line", facts: facts{"day": "2026-03-09", "A": 1, "O": 1, "R": 0, "H": 0, "F": 0},
		call: func(w *world.World) (string, usecase.Command) { // yesterday alone
			w.Unit("U1", adm, 1, 0)
			w.At("2026-03-10")
			_, p := w.Enter("U1", 1, adm, "2026-03-09")
			exit := w.Collect("U1", w.ExitForm(p, "2026-03-10"))
			w.Pass(exit, world.Gates...)
			w.Must("e1", usecase.Record{Change: exit})
			change := w.Collect("U1", entry(w, 2, effective(w, "2026-03-08")))
			w.Pass(change, "o1", "h1")
			return "f1", usecase.Pass{Change: change, Items: w.Items("f1")}
		}},
	{name: domain.NoFreePostOnDate, field: "rows", facts: facts{"day": "2026-03-05", "A": 1, "O": 0, "R": 0, "H": 0, "F": 1},
		call: func(w *world.World) (string, usecase.Command) { // the day on which the second of them came
			w.Unit("U1", adm, 1, 0)
			w.At("2026-03-09")
			w.Posts("U1", adm, 1, 0)
			bracket(w, "U1", 2)
			w.Must("K", usecase.AddOpeningPart{Unit: w.UnitID("U1"), Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-03"), openingRowOf(w, 2, "2026-03-05")}})
			return "K", usecase.CompleteOpening{Unit: w.UnitID("U1")}
		}},
	{name: domain.NoFreePostOnDate, field: "line", facts: facts{"day": "2026-03-02", "A": 1, "O": 0, "R": 0, "H": 1, "F": 0},
		call: func(w *world.World) (string, usecase.Command) { // the approval holds a post from its own day only
			w.Unit("U1", adm, 1, 1)
			w.At("2026-03-05")
			w.Must("L", usecase.FreePosts(hold(w, 1, "2026-03-04")))
			change := w.Collect("U1", entry(w, 1, manner(codes.Exam, approve(w, "f2", 1, "2026-03-20")), effective(w, "2026-03-02")))
			w.Pass(change, "o1", "h1")
			return "f1", usecase.Pass{Change: change, Items: w.Items("f1")}
		}},
}
