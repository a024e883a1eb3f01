// Package document holds registered documents: the papers that events cite by
// id (domain model §11). The file itself is kept sealed by the vault.
package document

import (
	"fmt"

	"staffledger/domain"
)

const TypeRegistered domain.EventType = "document.registered.v1"

// Registered registers a paper. Digest is SHA-256 (hex) of the file, which is
// durable before this event; both are absent for a paper kept elsewhere.
type Registered struct {
	Date   domain.Day       `json:"date"`             // of the paper
	Digest string           `json:"digest,omitempty"` // SHA-256 of the file, hex
	Size   int64            `json:"size,omitempty"`   // bytes
	Text   *domain.Personal `json:"text"`             // Text under "document:<id>"
}

// Text is the sealed part of Registered.
type Text struct {
	Number string `json:"number"`           // 文号, such as 甬编〔2026〕3号
	Issuer string `json:"issuer"`           // 发文机关
	Title  string `json:"title"`            // as printed
	Grants string `json:"grants,omitempty"` // what it grants, in words
	File   string `json:"file,omitempty"`   // name of the file
}

func (Registered) EventType() domain.EventType  { return TypeRegistered }
func (e Registered) Sealed() []*domain.Personal { return []*domain.Personal{e.Text} }

// Decode reads the data of a document event; an unknown type is an error.
func Decode(t domain.EventType, data []byte) (domain.Payload, error) {
	if t != TypeRegistered {
		return nil, fmt.Errorf("document: unknown event type %q", t)
	}
	return domain.DecodeData[Registered](t, data)
}
