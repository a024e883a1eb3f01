package eventstore

import "staffledger/domain"

// Keys returns what a store indexes an event by: its tags, who took the step
// ("auth:<authid>") and the command ("command:<command id>"). All of it stands
// in the event's head, so every index can be rebuilt from the entries' bytes.
func Keys(e *domain.Event) []string {
	keys := make([]string, 0, len(e.Tags)+2)
	for _, t := range e.Tags {
		keys = append(keys, string(t))
	}
	keys = append(keys, AuthKey(e.AuthID))
	if e.CommandID != "" {
		keys = append(keys, CommandKey(e.CommandID))
	}
	return keys
}

// AuthKey is the key of all that a user, or the clock, did.
func AuthKey(authid string) string { return "auth:" + authid }

// CommandKey is the key of a command's deciding events.
func CommandKey(id domain.CommandID) string { return "command:" + string(id) }
