package eventstoretest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"

	"staffledger/domain"
	"staffledger/eventstore"
)

// broken is a Memory of which one promise is broken: the functions that are
// set take the place of its methods.
type broken struct {
	*Memory
	append  func(m *Memory, ctx context.Context, s domain.Stream, expected domain.Revision, events []domain.Event) ([]domain.Recorded, error)
	stream  func(m *Memory, ctx context.Context, s domain.Stream, from domain.Revision) iter.Seq2[domain.Recorded, error]
	all     func(m *Memory, ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error]
	tagged  func(m *Memory, ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error]
	at      func(m *Memory, p domain.Position) (domain.Recorded, error)
	byID    func(m *Memory, id domain.EventID) (domain.Recorded, error)
	size    func(m *Memory) domain.Position
	streams func(m *Memory, prefix string) iter.Seq2[domain.Stream, error]
	last    func(m *Memory, s domain.Stream) (domain.Revision, error)
	wait    func(m *Memory, ctx context.Context, seen domain.Position) error
	reopen  func(m *Memory) *Memory
}

func (b *broken) Append(ctx context.Context, s domain.Stream, expected domain.Revision, events []domain.Event) ([]domain.Recorded, error) {
	if b.append != nil {
		return b.append(b.Memory, ctx, s, expected, events)
	}
	return b.Memory.Append(ctx, s, expected, events)
}

func (b *broken) Stream(ctx context.Context, s domain.Stream, from domain.Revision) iter.Seq2[domain.Recorded, error] {
	if b.stream != nil {
		return b.stream(b.Memory, ctx, s, from)
	}
	return b.Memory.Stream(ctx, s, from)
}

func (b *broken) All(ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error] {
	if b.all != nil {
		return b.all(b.Memory, ctx, from)
	}
	return b.Memory.All(ctx, from)
}

func (b *broken) Tagged(ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error] {
	if b.tagged != nil {
		return b.tagged(b.Memory, ctx, before, keys...)
	}
	return b.Memory.Tagged(ctx, before, keys...)
}

func (b *broken) At(ctx context.Context, p domain.Position) (domain.Recorded, error) {
	if b.at != nil {
		return b.at(b.Memory, p)
	}
	return b.Memory.At(ctx, p)
}

func (b *broken) ByID(ctx context.Context, id domain.EventID) (domain.Recorded, error) {
	if b.byID != nil {
		return b.byID(b.Memory, id)
	}
	return b.Memory.ByID(ctx, id)
}

func (b *broken) Size() domain.Position {
	if b.size != nil {
		return b.size(b.Memory)
	}
	return b.Memory.Size()
}

func (b *broken) Streams(ctx context.Context, prefix string) iter.Seq2[domain.Stream, error] {
	if b.streams != nil {
		return b.streams(b.Memory, prefix)
	}
	return b.Memory.Streams(ctx, prefix)
}

func (b *broken) Last(ctx context.Context, s domain.Stream) (domain.Revision, error) {
	if b.last != nil {
		return b.last(b.Memory, s)
	}
	return b.Memory.Last(ctx, s)
}

func (b *broken) Wait(ctx context.Context, seen domain.Position) error {
	if b.wait != nil {
		return b.wait(b.Memory, ctx, seen)
	}
	return b.Memory.Wait(ctx, seen)
}

// filtered passes a sequence through f, which may change, drop or end it.
func filtered(seq iter.Seq2[domain.Recorded, error], f func(i int, r *domain.Recorded, err *error) (keep, more bool)) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		i := 0
		for r, err := range seq {
			keep, more := f(i, &r, &err)
			if keep && !yield(r, err) || !more {
				return
			}
			i++
		}
	}
}

func swallow(_ int, _ *domain.Recorded, err *error) (bool, bool) { return *err == nil, *err == nil }

// brokenStores lists stores that each break one promise.
func brokenStores() map[string]func() *broken {
	type appendFunc = func(m *Memory, ctx context.Context, s domain.Stream, expected domain.Revision, events []domain.Event) ([]domain.Recorded, error)
	appends := func(f appendFunc) func() *broken { return func() *broken { return &broken{append: f} } }
	return map[string]func() *broken{
		"loses the last event of a batch": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			if len(e) > 1 {
				e = e[:len(e)-1]
			}
			return m.Append(ctx, s, x, e)
		}),
		"says that it stored the last event of a batch and did not": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			out, err := m.Append(ctx, s, x, e)
			if err == nil && len(out) == 100 {
				m.mu.Lock()
				m.all = m.all[:len(m.all)-1]
				m.streams[s] = m.streams[s][:len(m.streams[s])-1]
				m.mu.Unlock()
			}
			return out, err
		}),
		"appends one by one": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) (out []domain.Recorded, err error) {
			if len(e) == 0 || len(e) > eventstore.AppendCountMax {
				return m.Append(ctx, s, x, e)
			}
			for i := range e {
				r, err := m.Append(ctx, s, x+domain.Revision(i), e[i:i+1])
				if err != nil {
					return nil, err
				}
				out = append(out, r...)
			}
			return out, nil
		}),
		"wrong actual revision in a conflict": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			out, err := m.Append(ctx, s, x, e)
			var c *domain.Conflict
			if errors.As(err, &c) {
				c.Actual++
			}
			return out, err
		}),
		"wrong expected revision in a conflict": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			out, err := m.Append(ctx, s, x, e)
			var c *domain.Conflict
			if errors.As(err, &c) {
				c.Expected = c.Actual
			}
			return out, err
		}),
		"takes any revision ahead": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			if last, _ := m.Last(ctx, s); x > last {
				x = last
			}
			return m.Append(ctx, s, x, e)
		}),
		"does not look at the expected revision": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			for {
				x, _ = m.Last(ctx, s)
				out, err := m.Append(ctx, s, x, e)
				var c *domain.Conflict
				if !errors.As(err, &c) {
					return out, err
				}
			}
		}),
		"repeat writes twice": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			if len(e) > 0 {
				m.mu.Lock()
				delete(m.ids, e[0].ID)
				m.mu.Unlock()
			}
			return m.Append(ctx, s, x, e)
		}),
		"repeat must expect the right revision": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			if len(e) > 0 {
				if r, err := m.ByID(ctx, e[0].ID); err == nil && r.Stream == s && r.Revision != x+1 {
					last, _ := m.Last(ctx, s)
					return nil, &domain.Conflict{Stream: s, Expected: x, Actual: last}
				}
			}
			return m.Append(ctx, s, x, e)
		}),
		"repeat answers with what was sent": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			out, err := m.Append(ctx, s, x, e)
			for i := range out {
				out[i].Data = e[i].Data
				out[i].Bytes, _ = eventstore.Encode(nil, &out[i].Event)
			}
			return out, err
		}),
		"a part of a repeat passes for the whole": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			out, err := m.Append(ctx, s, x, e)
			if errors.Is(err, eventstore.ErrDuplicateID) && len(e) > 1 {
				if r, e1 := m.ByID(ctx, e[0].ID); e1 == nil && r.Stream == s {
					return []domain.Recorded{r}, nil
				}
			}
			return out, err
		}),
		"id of another stream passes": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			for _, one := range e {
				if r, err := m.ByID(ctx, one.ID); err == nil && r.Stream != s {
					m.mu.Lock()
					delete(m.ids, one.ID)
					m.mu.Unlock()
				}
			}
			return m.Append(ctx, s, x, e)
		}),
		"no limit on the number of events": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			if len(e) > eventstore.AppendCountMax {
				e = e[:eventstore.AppendCountMax]
			}
			return m.Append(ctx, s, x, e)
		}),
		"keeps the caller's bytes": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			out, err := m.Append(ctx, s, x, e)
			if err == nil && e[0].Revision == 77 { // of no race
				m.mu.Lock()
				for i := range out {
					m.all[out[i].Position].Data = e[i].Data
				}
				m.mu.Unlock()
			}
			return out, err
		}),
		"changes the caller's events": appends(func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			out, err := m.Append(ctx, s, x, e)
			for i := range out {
				if e[i].Revision >= 77 { // of no race
					e[i].Revision = out[i].Revision
				}
			}
			return out, err
		}),
		"appends although the context ended": appends(func(m *Memory, _ context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
			return m.Append(background, s, x, e)
		}),
		"gap in positions": func() *broken {
			return &broken{all: func(m *Memory, ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error] {
				return filtered(m.All(ctx, from), func(_ int, r *domain.Recorded, _ *error) (bool, bool) {
					if r.Position >= 3 {
						r.Position++
					}
					return true, true
				})
			}}
		},
		"all out of order": func() *broken {
			return &broken{all: func(m *Memory, ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error] {
				return func(yield func(domain.Recorded, error) bool) {
					events, err := collect(m.All(ctx, from))
					if len(events) > 1 {
						events[0], events[1] = events[1], events[0]
					}
					for _, r := range events {
						if !yield(r, nil) {
							return
						}
					}
					if err != nil {
						yield(domain.Recorded{}, err)
					}
				}
			}}
		},
		"all is not pinned": func() *broken {
			return &broken{all: func(m *Memory, ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error] {
				return func(yield func(domain.Recorded, error) bool) { m.All(ctx, from)(yield) }
			}}
		},
		"tagged is not pinned": func() *broken {
			return &broken{tagged: func(m *Memory, ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error] {
				return func(yield func(domain.Recorded, error) bool) { m.Tagged(ctx, before, keys...)(yield) }
			}}
		},
		"all starts one late": func() *broken {
			return &broken{all: func(m *Memory, ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error] {
				if from > 0 {
					from++
				}
				return m.All(ctx, from)
			}}
		},
		"all swallows its error": func() *broken {
			return &broken{all: func(m *Memory, ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error] {
				return filtered(m.All(ctx, from), swallow)
			}}
		},
		"stream swallows its error": func() *broken {
			return &broken{stream: func(m *Memory, ctx context.Context, s domain.Stream, from domain.Revision) iter.Seq2[domain.Recorded, error] {
				return filtered(m.Stream(ctx, s, from), swallow)
			}}
		},
		"tagged swallows its error": func() *broken {
			return &broken{tagged: func(m *Memory, ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error] {
				return filtered(m.Tagged(ctx, before, keys...), swallow)
			}}
		},
		"stream from is exclusive": func() *broken {
			return &broken{stream: func(m *Memory, ctx context.Context, s domain.Stream, from domain.Revision) iter.Seq2[domain.Recorded, error] {
				if from > 0 {
					from++
				}
				return m.Stream(ctx, s, from)
			}}
		},
		"stream by prefix of its name": func() *broken {
			return &broken{stream: func(m *Memory, ctx context.Context, s domain.Stream, from domain.Revision) iter.Seq2[domain.Recorded, error] {
				return filtered(m.All(ctx, 0), func(_ int, r *domain.Recorded, _ *error) (bool, bool) {
					return strings.HasPrefix(string(r.Stream), string(s)) && r.Revision >= from, true
				})
			}}
		},
		"tagged before is inclusive": func() *broken {
			return &broken{tagged: func(m *Memory, ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error] {
				return m.Tagged(ctx, before+1, keys...)
			}}
		},
		"tagged oldest first": func() *broken {
			return &broken{tagged: func(m *Memory, ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error] {
				return func(yield func(domain.Recorded, error) bool) {
					events, err := collect(m.Tagged(ctx, before, keys...))
					for _, r := range slices.Backward(events) {
						if !yield(r, nil) {
							return
						}
					}
					if err != nil {
						yield(domain.Recorded{}, err)
					}
				}
			}}
		},
		"tagged with any of the keys": func() *broken {
			return &broken{tagged: func(m *Memory, ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error] {
				return m.Tagged(ctx, before, keys[:min(1, len(keys))]...)
			}}
		},
		"no index of actors": func() *broken {
			return &broken{tagged: func(m *Memory, ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error] {
				return filtered(m.Tagged(ctx, before, keys...), func(_ int, _ *domain.Recorded, err *error) (bool, bool) {
					return *err != nil || !strings.HasPrefix(keys[0], "auth:"), true
				})
			}}
		},
		"id index of another stream": func() *broken {
			return &broken{byID: func(m *Memory, id domain.EventID) (domain.Recorded, error) {
				r, err := m.ByID(background, id)
				if err == nil && r.Position > 0 && r.Position%4 == 3 {
					return m.At(background, r.Position-1)
				}
				return r, err
			}}
		},
		"unknown id gives an empty event": func() *broken {
			return &broken{byID: func(m *Memory, id domain.EventID) (domain.Recorded, error) {
				r, err := m.ByID(background, id)
				if errors.Is(err, eventstore.ErrNotFound) {
					err = nil
				}
				return r, err
			}}
		},
		"beyond the end gives the last event": func() *broken {
			return &broken{at: func(m *Memory, p domain.Position) (domain.Recorded, error) {
				if n := m.Size(); p >= n && n > 0 {
					p = n - 1
				}
				return m.At(background, p)
			}}
		},
		"bytes encoded anew without the data's wide letters": func() *broken {
			return &broken{at: func(m *Memory, p domain.Position) (domain.Recorded, error) {
				r, err := m.At(background, p)
				r.Bytes = []byte(strings.ReplaceAll(string(r.Bytes), "第", `\u7b2c`))
				return r, err
			}}
		},
		"drops the reason": func() *broken {
			return &broken{at: func(m *Memory, p domain.Position) (domain.Recorded, error) {
				r, err := m.At(background, p)
				r.ReasonCode = ""
				return r, err
			}}
		},
		"size runs ahead": func() *broken {
			return &broken{size: func(m *Memory) domain.Position {
				if n := m.Size(); n > 0 {
					return n + 1
				}
				return 0
			}}
		},
		"streams unordered": func() *broken {
			return &broken{streams: func(m *Memory, prefix string) iter.Seq2[domain.Stream, error] {
				return func(yield func(domain.Stream, error) bool) {
					var names []domain.Stream
					for s := range m.Streams(background, prefix) {
						names = append(names, s)
					}
					for _, s := range slices.Backward(names) {
						if !yield(s, nil) {
							return
						}
					}
				}
			}}
		},
		"streams without regard to the prefix": func() *broken {
			return &broken{streams: func(m *Memory, _ string) iter.Seq2[domain.Stream, error] { return m.Streams(background, "") }}
		},
		"last counts events": func() *broken {
			return &broken{last: func(m *Memory, s domain.Stream) (domain.Revision, error) {
				r, err := m.Last(background, s)
				return r + 1, err
			}}
		},
		"wait returns at once": func() *broken {
			return &broken{wait: func(_ *Memory, ctx context.Context, _ domain.Position) error { return ctx.Err() }}
		},
		"wait does not end with its context": func() *broken {
			return &broken{wait: func(m *Memory, ctx context.Context, seen domain.Position) error {
				if ctx.Err() != nil {
					return nil
				}
				return m.Wait(ctx, seen)
			}}
		},
		"reopening loses the last event": func() *broken {
			return &broken{reopen: func(m *Memory) *Memory { return m.Prefix(m.Size() - 1) }}
		},
		"reopening forgets ids": func() *broken {
			return &broken{reopen: func(m *Memory) *Memory {
				m.ids = map[domain.EventID]domain.Position{}
				return m
			}}
		},
		"two win a race": func() *broken {
			var mu sync.Mutex
			stale := map[domain.Stream]domain.Revision{}
			return &broken{append: func(m *Memory, ctx context.Context, s domain.Stream, x domain.Revision, e []domain.Event) ([]domain.Recorded, error) {
				mu.Lock()
				defer mu.Unlock()
				out, err := m.Append(ctx, s, x, e)
				var c *domain.Conflict
				if errors.As(err, &c) && c.Actual == x+1 && stale[s] != x+1 && len(e) == 1 && x >= 0 {
					stale[s] = x + 1
					return m.Append(ctx, s, c.Actual, e)
				}
				return out, err
			}}
		},
	}
}

// failures counts what the suite finds, and keeps the first words of it.
type failures struct {
	mu    sync.Mutex
	count int
	first string
}

func (f *failures) Helper() {}

func (f *failures) Errorf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count++; f.count == 1 {
		f.first = fmt.Sprintf(format, args...)
	}
}

func TestBrokenStoresFail(t *testing.T) {
	t.Parallel()
	stores := brokenStores()
	if len(stores) < 15 {
		t.Fatalf("%d broken stores", len(stores))
	}
	for name, make := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f failures
			h := Harness{
				Open: func() (eventstore.Store, error) {
					b := make()
					b.Memory = NewMemory()
					return b, nil
				},
				Reopen: func(s eventstore.Store) (eventstore.Store, error) {
					if b := s.(*broken); b.reopen != nil {
						b.Memory = b.reopen(b.Memory)
					}
					return s, nil
				},
				Close: func(eventstore.Store) error { return nil },
			}
			for _, c := range Cases() {
				if c.Run(&f, h); f.count > 0 {
					break
				}
			}
			if f.count == 0 {
				t.Error("the suite finds nothing wrong with it")
			}
			t.Log(f.first)
		})
	}
}
