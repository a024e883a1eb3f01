// Command staffledger is the ledger of record of an establishment office: it
// serves pages and API from a data directory, and answers auditors on the
// command line. See README.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"staffledger/cmd/internal/client"
)

// Exit codes: scripts rely on them (README.md).
const (
	exitGood    = 0
	exitFinding = 1 // a difference, damage, a refusal
	exitUsage   = 2 // wrong use
	exitFailure = 3
)

// Version is set by the build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// cli is the whole command line.
type cli struct {
	Lang string `help:"Language of what is printed for people: zh or en." enum:"zh,en" default:"${lang}" env:"STAFFLEDGER_LANG"`

	Serve   serveCmd   `cmd:"" group:"operate" help:"Serve pages and API from a data directory."`
	Demo    demoCmd    `cmd:"" group:"operate" help:"Fill a new data directory with an invented city."`
	Rebuild rebuildCmd `cmd:"" group:"operate" help:"Build the views anew from the ledger."`
	Version versionCmd `cmd:"" group:"operate" help:"Print the version."`

	Verify verifyCmd `cmd:"" group:"audit" help:"Re-read every stored byte and recompute leaves, tree, indexes and head; exit 1 names the first bad position."`
	Replay replayCmd `cmd:"" group:"audit" help:"Fold everything from zero and compare with the views; exit 1 names the first difference."`
	Export exportCmd `cmd:"" group:"audit" help:"Print the events, one a line, the exact bytes."`
	Event  eventCmd  `cmd:"" group:"audit" help:"Print one event by id or position."`
	Trace  traceCmd  `cmd:"" group:"audit" help:"Print every event of a unit, person, change, document, approval or actor, newest first."`

	Token    tokenCmd    `cmd:"" group:"work" help:"Make and revoke API tokens; change a password."`
	User     userCmd     `cmd:"" group:"work" help:"Name people of the system and grant roles."`
	Policy   policyCmd   `cmd:"" group:"work" help:"Set policies and calendars."`
	Document documentCmd `cmd:"" group:"work" help:"Register documents."`
	Unit     unitCmd     `cmd:"" group:"work" help:"Found units, list them, read their lines and rosters."`
	Quota    quotaCmd    `cmd:"" group:"work" help:"Set pools; grant, cut and move posts; hold back and free."`
	Approval approvalCmd `cmd:"" group:"work" help:"Approve uses of posts and revoke them."`
	Opening  openingCmd  `cmd:"" group:"work" help:"Load an opening balance."`
	Change   changeCmd   `cmd:"" group:"work" help:"Collect, pass, return, resubmit, withdraw and record entries and exits."`
}

// streams are where a command reads and writes; tests have their own.
type streams struct {
	in       io.Reader
	out, err io.Writer
	lang     string
}

func (s *streams) zh() bool { return s.lang == "zh" }

// say prints for people, in their language.
func (s *streams) say(zh, en string, args ...any) {
	if s.zh() {
		fmt.Fprintf(s.out, zh+"\n", args...)
		return
	}
	fmt.Fprintf(s.out, en+"\n", args...)
}

// json prints a value as one line.
func (s *streams) json(v any) error {
	b, err := json.Marshal(v)
	if err == nil {
		_, err = fmt.Fprintln(s.out, string(b))
	}
	return err
}

// finding ends a command with exit 1: what was looked for was found, and has
// been printed.
type finding struct{ error }

// usage is wrong use that the flags cannot tell.
type usage struct{ error }

func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) (code int) {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("staffledger"),
		kong.Description("The ledger of record of an establishment office. 机构编制台账。"),
		kong.UsageOnError(), kong.Writers(out, errs), kong.Exit(func(n int) { exited = n; panic(exitNow{}) }),
		kong.Vars{"lang": defaultLang(os.Getenv("LC_ALL") + os.Getenv("LANG")), "version": version},
		kong.ExplicitGroups([]kong.Group{{Key: "operate", Title: "Operate"}, {Key: "audit", Title: "Audit"}, {Key: "work", Title: "Work (with a token)"}}),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitFailure
	}
	defer func() {
		if v := recover(); v != nil {
			if _, ok := v.(exitNow); !ok {
				panic(v)
			}
			code = exitGood // help was asked for
			if exited > 0 {
				code = exitUsage
			}
		}
	}()
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(errs, "staffledger: %s\n", err)
		fmt.Fprintln(errs, "staffledger --help")
		return exitUsage
	}
	err = k.Run(&streams{in: in, out: out, err: errs, lang: c.Lang})
	return report(err, errs)
}

type exitNow struct{}

// report prints what went wrong and tells the exit code.
func report(err error, errs io.Writer) int {
	var found finding
	var wrong usage
	var problem *client.Problem
	switch {
	case err == nil:
		return exitGood
	case errors.As(err, &found):
		if found.error != nil {
			fmt.Fprintln(errs, found.error)
		}
		return exitFinding
	case errors.As(err, &wrong):
		fmt.Fprintf(errs, "staffledger: %s\n", wrong.error)
		return exitUsage
	case errors.As(err, &problem):
		fmt.Fprintln(errs, problem)
		switch {
		case problem.Status >= 500:
			return exitFailure
		case problem.Status == 400 || problem.Status == 401:
			return exitUsage
		}
		return exitFinding
	}
	fmt.Fprintf(errs, "staffledger: %s\n", err)
	return exitFailure
}

func defaultLang(locale string) string {
	if strings.HasPrefix(locale, "zh") {
		return "zh"
	}
	return "en"
}

type versionCmd struct {
	JSON bool `help:"Print as JSON."`
}

// Run prints the version.
func (v versionCmd) Run(s *streams) error {
	if v.JSON {
		return s.json(map[string]string{"version": version})
	}
	fmt.Fprintln(s.out, version)
	return nil
}
