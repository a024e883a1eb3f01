package domain

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// Personal is the one sealed object of an event: personal data, or the free
// text of a unit, problem or document. In the ledger it is
//
//	{"key":"person:<id>","box":"<base64>"}
//
// AES-256-GCM under the subject's key with a fresh nonce in front, and the
// event's id as associated data, so that a box cannot be moved to another
// event. Destroying the key erases it everywhere while every proof still holds.
//
// A Personal cannot be marshalled before it is sealed.
type Personal struct {
	Key   string // the vault's name of the key: "person:<id>", "unit:<id>", "user:<id>", "document:<id>"
	Clear []byte // JSON of what is sealed; nil once sealed and not opened
	Box   []byte // nonce, ciphertext and tag; nil before sealing
}

// ErrUnsealed is what marshalling an unsealed Personal returns.
var ErrUnsealed = errors.New("domain: personal data must be sealed before it is written")

// PersonalOf packs v for sealing under key. It panics if v has no JSON form,
// which is a mistake in the program.
func PersonalOf(key string, v any) *Personal {
	clear, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("domain: personal data of %s: %v", key, err))
	}
	return &Personal{Key: key, Clear: clear}
}

// ErrErased is what opening a sealed object returns whose key was destroyed:
// the data are erased by law, everywhere and for good.
var ErrErased = errors.New("domain: the key was destroyed; what it sealed is erased")

// Identity is an ID number and the person id to use if the number is new.
type Identity struct {
	IDNumber string
	Proposed PersonID
}

// Bound is the person that an identity belongs to.
type Bound struct {
	Person PersonID
	New    bool // made by this call
}

type sealedForm struct {
	Key string `json:"key"`
	Box string `json:"box"`
}

// MarshalJSON writes the sealed form; it fails with ErrUnsealed before sealing.
func (p *Personal) MarshalJSON() ([]byte, error) {
	if p.Box == nil {
		return nil, ErrUnsealed
	}
	return json.Marshal(sealedForm{p.Key, base64.StdEncoding.EncodeToString(p.Box)})
}

// UnmarshalJSON reads the sealed form.
func (p *Personal) UnmarshalJSON(b []byte) error {
	form, ok := readSealed(b)
	if !ok {
		if err := json.Unmarshal(b, &form); err != nil {
			return err
		}
	}
	box, err := base64.StdEncoding.DecodeString(form.Box)
	if err != nil {
		return fmt.Errorf("sealed object of %s: %w", form.Key, err)
	}
	*p = Personal{Key: form.Key, Box: box}
	return nil
}

// readSealed reads the form as MarshalJSON writes it: every event of a person
// has one.
func readSealed(b []byte) (form sealedForm, ok bool) {
	rest, ok := bytes.CutPrefix(b, []byte(`{"key":"`))
	if !ok {
		return form, false
	}
	key, rest, ok := bytes.Cut(rest, []byte(`","box":"`))
	if !ok {
		return form, false
	}
	box, ok := bytes.CutSuffix(rest, []byte(`"}`))
	if !ok || bytes.ContainsAny(key, `"\`) || bytes.ContainsAny(box, `"\`) {
		return form, false
	}
	return sealedForm{string(key), string(box)}, true
}

// Format keeps clear personal data out of logs and error texts.
func (p *Personal) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "sealed(%s)", p.Key) }
