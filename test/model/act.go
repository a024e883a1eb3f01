package model

import (
	"fmt"
	"reflect"
	"strings"

	"staffledger/domain"
	"staffledger/domain/usecase"
)

// act is one call as the generator means it: what depends on the ledger as it
// then is (the revision that the caller saw) is filled in when it is made, so
// that acts can be left out of a list that is played again.
type act struct {
	at      domain.Instant
	user    domain.UserID
	role    domain.Role
	key     string
	another bool // with another request under the same key
	match   match
	stale   map[int]bool // rows of a batch that the caller saw before their last event
	dry     bool         // ask first what would happen
	what    usecase.Command
	sweep   bool // write what has fallen due everywhere, instead of a command
	look    bool // ask the views and the second folding, instead of a command
	reopen  bool // open the service anew, instead of a command
}

func (a act) String() string {
	switch {
	case a.sweep:
		return fmt.Sprintf("%s sweep", a.at)
	case a.reopen:
		return fmt.Sprintf("%s reopen", a.at)
	case a.look:
		return fmt.Sprintf("%s look", a.at)
	}
	return fmt.Sprintf("%s user %s role %q key %s another %v match %d stale %v dry %v\n    %s", a.at, a.user, a.role, a.key, a.another, a.match, a.stale, a.dry, said(a.what))
}

// said is a command without the fields that are empty.
func said(what any) string {
	v := reflect.ValueOf(what)
	switch v.Kind() {
	case reflect.Struct:
		words := []string{v.Type().Name()}
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() {
				words = append(words, v.Type().Field(i).Name+": "+said(f.Interface()))
			}
		}
		return "{" + strings.Join(words, " ") + "}"
	case reflect.Slice:
		if b, is := what.([]byte); is {
			return string(b)
		}
		var words []string
		for i := range v.Len() {
			words = append(words, said(v.Index(i).Interface()))
		}
		return "[" + strings.Join(words, ", ") + "]"
	}
	return fmt.Sprint(what)
}

// match is what the caller says of the revision that he saw.
type match int

const (
	fresh match = iota
	stale
	absent
)
