package app

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"time"

	"staffledger/cmd/internal/demo"
	"staffledger/domain"
)

// City is an invented city that is to be filled into a new directory.
type City struct {
	Dir      string
	Master   string
	Seed     uint64
	Until    domain.Day
	Events   int
	Progress func(done, total uint64)
}

// FilledCity is what a filling has written.
type FilledCity struct {
	*demo.Filled
	Root string // base64
	Took time.Duration
}

// Fill fills a directory beside c.Dir and moves it there when it is whole and on
// stable storage: a filling that broke off leaves nothing that could be taken
// for a city. Keys and nonces come from the seed, so that the same seed and day
// give the same root.
func Fill(ctx context.Context, c City) (*FilledCity, error) {
	started := time.Now()
	filling := c.Dir + ".filling"
	if err := os.RemoveAll(filling); err != nil {
		return nil, err
	}
	filled, err := fillInto(ctx, filling, c)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(filling))
	}
	if err := os.Remove(c.Dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the directory is not empty: %w", errors.Join(err, os.RemoveAll(filling)))
	}
	if err := os.Rename(filling, c.Dir); err != nil {
		return nil, err
	}
	filled.Took = time.Since(started)
	return filled, nil
}

func fillInto(ctx context.Context, dir string, c City) (_ *FilledCity, err error) {
	a, err := Open(ctx, Config{Dir: dir, Master: c.Master, Bulk: true, NoService: true, Rand: demo.Randomness(c.Seed)})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	city, err := demo.Fill(ctx, demo.Config{Log: a.Ledger, Sealer: a.Vault, SignIns: a.Private, Documents: a.Blobs, Seed: c.Seed, Until: c.Until,
		Events: c.Events, Progress: func(done, total int) {
			if c.Progress != nil {
				c.Progress(uint64(done), uint64(total))
			}
		}})
	if err != nil {
		return nil, err
	}
	for _, u := range city.Users {
		if err := a.Private.SetPassword(ctx, u.ID, u.SignIn, u.Password); err != nil {
			return nil, err
		}
	}
	_, root, err := a.Ledger.Root()
	if err != nil {
		return nil, err
	}
	return &FilledCity{Filled: city, Root: base64.StdEncoding.EncodeToString(root[:])}, nil
}
