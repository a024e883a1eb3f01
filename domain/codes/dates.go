package codes

import (
	"time"

	"staffledger/domain"
)

// CheckDate tells why s is not a date as particulars carry it, YYYY-MM-DD or
// YYYY-MM, from 1900 to latest; nil where it is. 1970-01-01 is a date like any
// other here.
func CheckDate(s string, latest domain.Day) *Fault {
	full := s
	if len(s) == len("2006-01") {
		full += "-01"
	}
	if !realDate(full) || full < idBirthEarly || full > dayText(latest) {
		return fault(RuleDateForm, "form", "YYYY-MM-DD", "earliest", idBirthEarly, "latest", dayText(latest))
	}
	return nil
}

func realDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil && len(s) == len(time.DateOnly)
}

// dayText is the date of a day also where it is NoDay.
func dayText(d domain.Day) string {
	return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly)
}
