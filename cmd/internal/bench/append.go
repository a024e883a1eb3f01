package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"os"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"

	"staffledger/domain"
	"staffledger/eventstore/ledger"
)

const floorName = "floor: 1.2 KB write + fdatasync, zeroed file"

// appends measures durable appends beside the floor.
func (b *bench) appends() error {
	if err := b.floor(); err != nil {
		return err
	}
	goals := map[int]string{1: "≥ 0.8", 32: "≥ 5", 256: "≥ 7"}
	for _, writers := range []int{1, 8, 32, 64, 256} {
		if err := b.appendBy(writers, 1, goals[writers]); err != nil {
			return err
		}
	}
	return b.appendBy(1, 100, "")
}

// floor writes and syncs in a loop: nothing durable is faster on this disk.
func (b *bench) floor() error {
	const bytes, slots = 1228, 1 << 16
	file, err := os.OpenFile(filepath.Join(b.dir, "floor"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	zero := make([]byte, 1<<20)
	for at := int64(0); at < bytes*slots; at += int64(len(zero)) {
		if _, err := file.WriteAt(zero, at); err != nil {
			return err
		}
	}
	if err := file.Sync(); err != nil {
		return err
	}
	entry := make([]byte, bytes)
	var took []time.Duration
	started := time.Now()
	for i := 0; time.Since(started) < b.seconds; i++ {
		at := time.Now()
		if _, err := file.WriteAt(entry, int64(i%slots)*bytes); err != nil {
			return err
		}
		if err := unix.Fdatasync(int(file.Fd())); err != nil {
			return err
		}
		took = append(took, time.Since(at))
	}
	b.add(figure{Name: floorName, Value: float64(len(took)) / time.Since(started).Seconds(), Unit: "/s", Detail: quantiles(took)})
	return nil
}

// appendBy appends events of 1.2 KB with everything on: encoding, indexes, tree.
func (b *bench) appendBy(writers, batch int, goal string) error {
	dir, err := b.fresh(fmt.Sprintf("append-%d-%d", writers, batch))
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l, err := ledger.Open(dir, ledger.Options{})
	if err != nil {
		return err
	}
	defer l.Close()
	var wg sync.WaitGroup
	var done atomic.Int64
	latencies := make([][]time.Duration, writers)
	errs := make([]error, writers)
	started := time.Now()
	for w := range writers {
		wg.Go(func() {
			g := &generator{rng: rand.New(rand.NewPCG(uint64(w), 7))}
			stream, revision := domain.StreamOf(domain.AccountStream, g.uuid()), domain.NoStream
			events := make([]domain.Event, batch)
			for n := 0; time.Since(started) < b.seconds; n++ {
				if n%500 == 499 {
					stream, revision = domain.StreamOf(domain.AccountStream, g.uuid()), domain.NoStream
				}
				for i := range events {
					events[i] = g.event(stream)
				}
				at := time.Now()
				stored, err := l.Append(b.ctx, stream, revision, events)
				if err != nil {
					errs[w] = err
					return
				}
				latencies[w] = append(latencies[w], time.Since(at))
				revision = stored[len(stored)-1].Revision
				done.Add(int64(len(stored)))
			}
		})
	}
	wg.Wait()
	rate := float64(done.Load()) / time.Since(started).Seconds()
	var all []time.Duration
	for _, l := range latencies {
		all = append(all, l...)
	}
	name := fmt.Sprintf("append, %d writers", writers)
	switch {
	case batch > 1:
		name = fmt.Sprintf("append, batches of %d", batch)
	case writers == 1:
		name = "append, 1 writer"
	}
	b.add(figure{Name: name, Value: rate, Unit: "events/s", Goal: goal, Of: floorName, Detail: quantiles(all)})
	return errors.Join(errs...)
}

// generator makes events as the use cases do, about 1.2 KB encoded: four tags,
// the usual attributes, postings in clear and sealed bytes.
type generator struct{ rng *rand.Rand }

func (g *generator) uuid() string {
	var u uuid.UUID
	for i := range u {
		u[i] = byte(g.rng.Uint32())
	}
	u[6], u[8] = u[6]&0x0f|0x50, u[8]&0x3f|0x80
	return u.String()
}

func (g *generator) some(kind byte, of int) string {
	return uuid.NewSHA1(uuid.UUID{kind}, []byte(strconv.Itoa(g.rng.IntN(of)))).String()
}

func (g *generator) event(stream domain.Stream) domain.Event {
	person, change, document := g.some('p', 100_000), g.uuid(), g.some('d', 5_000)
	e := domain.Event{Head: domain.Head{
		ID: domain.EventID(g.uuid()), Source: "urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8", Type: "staffing.recorded.v1", Stream: stream,
		Time: 1_770_000_000_000, Tags: domain.SortTags([]domain.Tag{domain.Tag("unit:" + stream.Key()), domain.TagOf(domain.TagPerson, person),
			domain.TagOf(domain.TagChange, change), domain.TagOf(domain.TagDocument, document)}),
		AuthType: domain.AuthUser, AuthID: g.some('a', 300), ActorRole: domain.Recorder, DecidedAt: 1, CommandID: domain.CommandID(g.uuid()),
		RequestDigest: fmt.Sprintf("%016x%016x%016x%016x", g.rng.Uint64(), g.rng.Uint64(), g.rng.Uint64(), g.rng.Uint64()),
		Effective:     domain.DayOf(2026, 3, 1), DocumentID: domain.DocumentID(document), ReasonCode: "resettlement", CorrelationID: change,
	}}
	box := make([]byte, 72)
	for i := range box {
		box[i] = byte(g.rng.Uint32())
	}
	e.Data = fmt.Appendf(nil, `{"change":"%s","kind":"entry","line":{"key":"institution/full","before":[20,9,2,0],"after":[20,10,1,0]},"postings":[{"line":"institution/full","day":"2026-03-16","change":[0,1,-1,0]}],"holding":"%s","sealed":{"key":"person:%s","box":"%s"}}`,
		change, change, person, base64.StdEncoding.EncodeToString(box))
	return e
}
