package text

import "strings"

// A template is a sentence with {names} in it and [optional parts]. A name is
// replaced by its value; an optional part is left out where one of its names
// has none. Optional parts do not nest.

// fill replaces the names of a template. A name without value outside an
// optional part becomes what missing gives.
func fill(template string, value func(name string) []Run, missing Run) []Run {
	var runs []Run
	for template != "" {
		open := strings.IndexByte(template, '[')
		if open < 0 {
			part, _ := fillPart(template, value, &missing)
			return join(runs, part...)
		}
		plain, rest := template[:open], template[open+1:]
		optional, after, _ := strings.Cut(rest, "]")
		part, _ := fillPart(plain, value, &missing)
		runs = join(runs, part...)
		if part, ok := fillPart(optional, value, nil); ok {
			runs = join(runs, part...)
		}
		template = after
	}
	return runs
}

// fillPart fills a template without optional parts. With missing nil it stops
// at the first name without value and returns false.
func fillPart(part string, value func(name string) []Run, missing *Run) ([]Run, bool) {
	var runs []Run
	for part != "" {
		before, rest, found := strings.Cut(part, "{")
		if before != "" {
			runs = join(runs, Run{Text: before})
		}
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		v := value(name)
		switch {
		case len(v) > 0:
			runs = join(runs, v...)
		case missing == nil:
			return nil, false
		default:
			runs = join(runs, *missing)
		}
		part = after
	}
	return runs, true
}

// join appends runs, merging neighbours of plain text and dropping empty ones.
func join(runs []Run, more ...Run) []Run {
	for _, r := range more {
		if r.Text == "" {
			continue
		}
		if n := len(runs); n > 0 && r.Kind == "" && runs[n-1].Kind == "" {
			runs[n-1].Text += r.Text
			continue
		}
		runs = append(runs, r)
	}
	return runs
}

func plainText(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// both is a text in Chinese and English.
type both struct{ zh, en string }

func (b both) in(lang Lang) string {
	if lang == EN {
		return b.en
	}
	return b.zh
}
