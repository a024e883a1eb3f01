package app

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"staffledger/domain"
	"staffledger/domain/replay"
	"staffledger/eventstore/ledger"
	"staffledger/eventstore/vault"
	"staffledger/eventstore/vault/blobs"
	"staffledger/eventstore/vault/private"
)

// Verified is what a verification at rest found. Position is set where the
// damage is in the ledger; File names what is damaged.
type Verified struct {
	Intact   bool
	Size     uint64
	Root     string
	Position *uint64
	File     string
	Reason   string
}

// VerifyAtRest verifies a data directory that no process has open, also one
// that Open refuses: the ledger byte by byte, what it says by the rules, and
// the vault, the private file and the documents beside it.
func VerifyAtRest(ctx context.Context, dir, master string, progress func(done, total uint64)) (Verified, error) {
	a := &App{Config: Config{Dir: dir, Master: master}}
	report, err := ledger.Verify(ctx, a.path(LedgerDir), ledger.Options{}, ledger.Progress(progress))
	if err != nil {
		return Verified{}, err
	}
	found := Verified{Intact: report.Intact, Size: report.Size, File: report.File, Reason: report.Reason}
	if !report.Intact {
		found.Position = at(report.Position)
		return found, nil
	}
	found.Root = base64.StdEncoding.EncodeToString(report.Root[:])
	if v, err := a.rulesAtRest(ctx); err != nil || v.Reason != "" {
		return v, err
	}
	if file, reason := a.besides(ctx); reason != "" {
		return Verified{File: file, Reason: reason}, ctx.Err()
	}
	return found, nil
}

func at(p domain.Position) *uint64 { n := uint64(p); return &n }

// rulesAtRest judges what the entries say.
func (a *App) rulesAtRest(ctx context.Context) (Verified, error) {
	l, err := ledger.Open(a.path(LedgerDir), ledger.Options{})
	if err != nil {
		return Verified{}, err
	}
	defer l.Close()
	check, err := judge(ctx, l, uint64(l.Size()))
	if err != nil || check == nil {
		return Verified{}, err
	}
	return Verified{Position: at(check.Position), Reason: check.Check + ": " + check.Reason}, nil
}

// judge folds a ledger by the rules up to a size; nil: nothing is broken.
func judge(ctx context.Context, l *ledger.Ledger, size uint64) (*replay.Violation, error) {
	r := replay.New(nil)
	for e, err := range l.All(ctx, 0) {
		if err != nil {
			return nil, err
		}
		if uint64(e.Position) == size {
			break
		}
		if err := r.Apply(e); err != nil {
			return &replay.Violation{Position: e.Position, Check: "event", Reason: err.Error()}, nil
		}
	}
	return r.Violation(), nil
}

// besides checks what stands beside the ledger, opened for the purpose. A file
// that is not there is named too: without it names and papers are lost.
func (a *App) besides(ctx context.Context) (file, reason string) {
	if _, err := os.Stat(a.path(VaultFile)); err != nil {
		return VaultFile, missing(err)
	}
	key, err := a.masterKey()
	if err != nil {
		return MasterFile, err.Error()
	}
	v, err := vault.Open(vault.Options{Path: a.path(VaultFile), Master: key})
	if errors.Is(err, vault.ErrWrongMaster) {
		return MasterFile, err.Error()
	}
	if err != nil {
		return VaultFile, err.Error()
	}
	defer v.Close()
	if file, reason := besidesOpen(ctx, v, nil, nil); reason != "" {
		return file, reason
	}
	if _, err := os.Stat(a.path(PrivateFile)); err != nil {
		return PrivateFile, missing(err)
	}
	p, err := private.Open(private.Options{Path: a.path(PrivateFile)})
	if err != nil {
		return PrivateFile, err.Error()
	}
	defer p.Close()
	b, err := blobs.Open(blobs.Dir(a.path(BlobsDir)), v, nil)
	if err != nil {
		return BlobsDir, err.Error()
	}
	return besidesOpen(ctx, nil, p, b)
}

func missing(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "the file is missing"
	}
	return err.Error()
}

// besidesOpen checks open parts; nil ones are passed over.
func besidesOpen(ctx context.Context, v *vault.Vault, p *private.Store, b *blobs.Store) (file, reason string) {
	if v != nil {
		if _, err := v.Verify(ctx); err != nil {
			return VaultFile, err.Error()
		}
	}
	if p != nil {
		if err := p.Verify(ctx); err != nil {
			return PrivateFile, err.Error()
		}
	}
	if b != nil {
		if _, err := b.Verify(ctx, func(d *blobs.Damage) { file, reason = BlobsDir, d.Error() }); err != nil && reason == "" {
			return BlobsDir, err.Error()
		}
	}
	return file, reason
}

// RebuildAtRest builds the views of a directory anew and returns how many
// events they hold.
func RebuildAtRest(ctx context.Context, dir, master string, progress func(done, total uint64)) (uint64, error) {
	if _, err := os.Stat(dir); err != nil {
		return 0, fmt.Errorf("no data directory: %w", err)
	}
	a, err := Open(ctx, Config{Dir: dir, Master: master})
	if err != nil {
		return 0, err
	}
	err = a.Views.Rebuild(ctx, func(done, of domain.Position) { progress(uint64(done), uint64(of)) })
	return uint64(a.Ledger.Size()), errors.Join(err, a.Close())
}
