package views

import (
	"context"
	"database/sql"
	"errors"
	"iter"

	"staffledger/domain"
	"staffledger/domain/replay"
)

// Export yields every row of the views as of one position, in the words of
// replay. Close it: it holds a reader.
type Export struct {
	s       *snapshot
	release func()
	next    domain.Position
}

// Export begins an export.
func (v *Views) Export(ctx context.Context) (*Export, error) {
	started, done := make(chan *snapshot), make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		failed <- v.reading(ctx, func(s *snapshot) error {
			started <- s
			<-done
			return nil
		})
	}()
	select {
	case s := <-started:
		x := &Export{s: s, release: func() { close(done); <-failed }}
		err := s.one("SELECT coalesce((SELECT value FROM meta WHERE key='next'),0)", nil, &x.next)
		if err != nil {
			x.Close()
			return nil, err
		}
		return x, nil
	case err := <-failed:
		return nil, err
	}
}

// Close ends the export.
func (x *Export) Close() { x.release() }

// Next implements replay.Live.
func (x *Export) Next() domain.Position { return x.next }

// accountOf is the stream of an account by its number.
func accountOf(n string) string {
	return "coalesce((SELECT 'account-'||id FROM unit WHERE n=" + n + "),(SELECT 'pool-'||level FROM pool WHERE n=" + n + "),'?'||" + n + ")"
}

func unitOf(n string) string {
	return "coalesce((SELECT id FROM unit WHERE n=" + n + "),iif(" + n + "=0,'','?'||" + n + "))"
}
func personOf(n string) string {
	return "coalesce((SELECT id FROM person WHERE n=" + n + "),'?'||" + n + ")"
}
func digits(n string) string { return "printf('%019d'," + n + ")" }

// exports is, for each view, what its key is made of and its columns. The
// columns particulars are digested.
var exports = map[string]struct{ key, columns, from string }{
	"meta":       {"key", "value", "meta WHERE key<>'schema'"},
	"day":        {digits("day"), "cut", "day"},
	"counter":    {"name", "n", "counter"},
	"unit":       {"id", "n,code,level,parent,division,system,rank,name,shortname,othernames,established,revision,position,updated,children,under,a,o,r,h,free,over,sa,so,sr,sh,sfree,sover", "unit"},
	"unit_above": {unitOf("above") + "||'|'||" + unitOf("unit"), "depth", "unit_above"},
	"unit_code":  {"code||'|'||" + unitOf("unit"), "since", "unit_code"},
	"pool":       {"level", "n,revision,position,updated", "pool"},
	"line":       {accountOf("account") + "||'|'||line", "a,o,r,h,position", "line"},
	"posting":    {digits("known_from") + "||'|'||" + digits("part"), accountOf("account") + ",line,valid_from,lag,a,o,r,h,ta,t_o,tr,th", "posting"},
	"landing":    {"process", accountOf("account") + ",line,posts,day,document", "landing"},
	"person":     {"id", "name,masked," + unitOf("unit") + ",holding,process,position", "person"},
	"holding": {digits("n") + "||'|'||" + digits("known_from"), "id," + unitOf("unit") + "," + personOf("person") +
		",line,class,valid_from,valid_to,name,sex,birth,body,post,postrank,particulars,document,known_to", "holding"},
	"change": {"id", "n,number," + unitOf("unit") + ",kind," + personOf("person") + ",collected,collector,batch,route,line,class,effective,state,gate,passed,due,handlingdue," +
		"manner,exitreason,approval,hash,particulars,note,document,users,humans,revision,position", "change"},
	"touch":       {"coalesce((SELECT id FROM user WHERE n=user),'?'||user)||'|'||coalesce((SELECT id FROM change WHERE n=change),'?'||change)", "'1'", "touch"},
	"tally":       {unitOf("unit") + "||'|'||kind||'|'||state", "n", "tally WHERE n<>0"},
	"month":       {unitOf("unit") + "||'|'||" + digits("month"), "entries,exits", "month"},
	"approval":    {"id", "n,number," + accountOf("account") + ",line,manner,posts,day,validto,document,plan,drawn,consumed,ended,revision,position", "approval"},
	"document":    {"id", "number,issuer,title,date,digest,size,cited,position", "document"},
	"user":        {"id", "n,name,signin,human,disabled,revision,position", "user"},
	"user_grant":  {"coalesce((SELECT u.id FROM user u WHERE u.n=user_grant.user),'?'||user)||'|'||id", "role,level,unit,proposed,by,position", "user_grant"},
	"process":     {"id||'|'||stream", "kind,change,since,position", "process"},
	"opening":     {accountOf("account"), "process,expected,document,rows,position", "opening"},
	"opening_row": {accountOf("account") + "||'|'||" + digits("row"), "holding,person,line,class,since,particulars,position", "opening_row"},
	"search": {`CASE doc&3 WHEN 0 THEN 'unit|'||` + unitOf("(doc>>2)") + ` WHEN 1 THEN 'person|'||` + personOf("(doc>>2)") +
		` ELSE 'document|'||coalesce((SELECT id FROM document WHERE n=doc>>2),'?'||doc) END`, "grams",
		"(SELECT doc, group_concat(term,' ') grams FROM (SELECT doc,term FROM search_terms ORDER BY doc,offset) GROUP BY doc)"},
}

// Rows implements replay.Live.
func (x *Export) Rows(view string) iter.Seq2[replay.Row, error] {
	return func(yield func(replay.Row, error) bool) {
		e := exports[view]
		columns := replay.Columns[view]
		by := "1"
		if view == "posting" {
			by = "known_from,part"
		}
		stopped := false
		err := x.s.each("SELECT CAST("+e.key+" AS TEXT),"+e.columns+" FROM "+e.from+" ORDER BY "+by, nil, func(scan func(...any) error) error {
			if stopped {
				return nil
			}
			values := make([]sql.NullString, len(columns)+1)
			into := make([]any, len(values))
			for i := range values {
				into[i] = &values[i]
			}
			if err := scan(into...); err != nil {
				return err
			}
			row := replay.Row{Key: values[0].String, Fields: make([]string, len(columns))}
			for i, c := range columns {
				row.Fields[i] = values[i+1].String
				if !values[i+1].Valid {
					row.Fields[i] = "NULL"
				}
				if c == "particulars" {
					row.Fields[i] = replay.Digest(row.Fields[i])
				}
			}
			if !yield(row, nil) {
				stopped = true
				return errStopped
			}
			return nil
		})
		if err != nil && !stopped {
			yield(replay.Row{}, err)
		}
	}
}

type stoppedError struct{}

func (stoppedError) Error() string { return "stopped" }

var errStopped = stoppedError{}

// ReplayOpen is how replay opens what the views open.
func (o Options) ReplayOpen(key string, event domain.EventID, box []byte) ([]byte, bool, error) {
	clear, err := o.Unseal(key, event, box)
	if errors.Is(err, domain.ErrErased) {
		return nil, true, nil
	}
	return clear, false, err
}
