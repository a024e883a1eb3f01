package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"staffledger/domain"
	"staffledger/domain/text"
	"staffledger/domain/text/example"
	"staffledger/http/ports"
)

var classes = map[domain.RefusalClass]string{
	domain.ClassWho:      "1 Who, jurisdiction",
	domain.ClassSame:     "2 Same person, own file",
	domain.ClassForm:     "3 Form, codes, document",
	domain.ClassState:    "4 State",
	domain.ClassLock:     "5 Lock",
	domain.ClassApproval: "6 Approval",
	domain.ClassPerson:   "7 Person",
	domain.ClassQuota:    "8 Quota",
	domain.ClassSeat:     "9 Seat",
}

const refusalsIntro = `# Refusals

Written by ` + "`go run ./cmd/internal/docsgen`" + ` from the code; do not edit.

A refusal is a command that was understood and turned down by a rule. It changes
no balance and no step of a change. Over HTTP it is a problem (RFC 9457) of type
` + "`" + ports.ProblemPrefix + "<name>`" + `, with the field, the facts and the sentence in the
reader's language.

They are judged in the order of this page: by class, and within a class as
listed. A refused command answers with the first and lists under ` + "`also`" + ` what a
dry run finds besides. Collecting refuses by the classes 1 to 7 and reminds of 8;
a gate judges 1 to 5 and its checklist, the office gate also 6 to 8; recording
judges everything again.

Facts are numbers, codes, ids and days, as below; where a line of quota is meant,
always A, O, R, H and F. Sections (§) are those of the domain model.
`

func refusalsPage() []byte {
	var b bytes.Buffer
	b.WriteString(refusalsIntro)
	docs := text.RefusalDocs()
	b.WriteString("\n| name | 中文 | English | class | status |\n|---|---|---|---|---|\n")
	for _, d := range docs {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s | %d | %d |\n", d.Name, d.Name, d.TitleZH, d.TitleEN, d.Class, ports.RefusalStatus[d.Name])
	}
	examples := map[string][]*domain.Refusal{}
	for _, r := range example.Refusals() {
		examples[r.Name] = append(examples[r.Name], r)
	}
	class := domain.RefusalClass(0)
	for _, d := range docs {
		if d.Class != class {
			class = d.Class
			fmt.Fprintf(&b, "\n## %s\n", classes[class])
		}
		writeRefusal(&b, d, examples[d.Name])
	}
	return b.Bytes()
}

func writeRefusal(b *bytes.Buffer, d text.RefusalDoc, examples []*domain.Refusal) {
	status := ports.RefusalStatus[d.Name]
	fmt.Fprintf(b, "\n### %s\n\n%s · %s. %s\n\n", d.Name, d.TitleZH, capital(d.TitleEN), d.Meaning)
	fmt.Fprintf(b, "- HTTP: %d %s, type `%s%s`\n", status, http.StatusText(status), ports.ProblemPrefix, d.Name)
	fmt.Fprintf(b, "- rule: %s · %s\n", d.SourceZH, d.SourceEN)
	if len(d.Facts) > 0 {
		b.WriteString("- facts:")
		for i, f := range d.Facts {
			if i > 0 {
				b.WriteString(";")
			}
			fmt.Fprintf(b, " `%s` %s", f.Name, f.Meaning)
		}
		b.WriteString("\n")
	}
	if len(d.Rules) > 0 {
		fmt.Fprintf(b, "- values of `rule`: `%s`\n", strings.Join(d.Rules, "` `"))
	}
	b.WriteString("\n| | rule | way out |\n|---|---|---|\n")
	seen := map[string]bool{}
	for _, r := range examples {
		for _, lang := range []text.Lang{text.ZH, text.EN} {
			said := text.Refusal(lang, r, example.Names{})
			label := said.Label
			if label == "" {
				label = "–"
			}
			row := fmt.Sprintf("| %s | %s | %s |\n", label, said.Rule, said.WayOut)
			if !seen[row] {
				seen[row] = true
				b.WriteString(row)
			}
		}
	}
	if len(examples) > 0 {
		encoded, err := json.Marshal(examples[0])
		if err != nil {
			panic(fmt.Sprintf("%s: %v", d.Name, err)) // facts of an example always have a JSON form
		}
		fmt.Fprintf(b, "\n```json\n%s\n```\n", encoded)
	}
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
