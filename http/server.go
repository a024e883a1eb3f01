package http

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"staffledger/http/internal/gen"
)

// Options are what a Server is built of. All ports but Clock are needed.
type Options struct {
	Commands Commands
	Views    Views
	Ledger   Ledger
	Checks   Checks
	Files    Files
	Secrets  Secrets
	Clock    DemoClock // nil: no demo clock is served

	// Pages is called with the server's echo and its sessions, to mount the
	// pages; nil: the API alone. What it registers is beside the contract: it
	// guards itself by the sessions.
	Pages func(e *echo.Echo, sessions Sessions)

	Logger     *slog.Logger // nil: silent
	Version    string
	Collectors []prometheus.Collector // further metrics: ledger, cache
	// TLS tells that browsers reach the server over TLS: cookies are then
	// Secure and carry the __Host- prefix.
	TLS bool
	// Random makes request ids and one-time passwords; nil: crypto/rand.
	Random io.Reader
	// BodyTime bounds how long a body may take to arrive; 0: 15 s for the first
	// MiB and 15 s more for each further one.
	BodyTime time.Duration
}

// Limits of the listener.
const (
	headerBytesMax  = 16 << 10
	headerTimeMax   = 5 * time.Second
	idleTimeMax     = 2 * time.Minute
	answerTimeMax   = 60 * time.Second // streams move their own deadline
	bodyTimeDefault = 15 * time.Second
	urlBytesMax     = 8 << 10
)

// Server is the API and whatever Pages mounts. Its handler may be used before
// Open, and without it.
type Server struct {
	o        Options
	log      *slog.Logger
	echo     *echo.Echo
	contract *contract
	metrics  *metrics
	sessions *sessions
	origin   *http.CrossOriginProtection
	handler  http.Handler
	docs     docsPages

	random sync.Mutex // o.Random need not be safe for concurrent use

	server   *http.Server
	listener net.Listener
	closing  chan struct{} // closed when Close begins: streams end
	served   chan error
}

// New builds a server; it opens nothing.
func New(o Options) (*Server, error) {
	if o.Commands == nil || o.Views == nil || o.Ledger == nil || o.Checks == nil || o.Files == nil || o.Secrets == nil {
		return nil, errors.New("http: a port is missing")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.BodyTime == 0 {
		o.BodyTime = bodyTimeDefault
	}
	s := &Server{o: o, log: o.Logger, echo: echo.New(), contract: theContract(), origin: http.NewCrossOriginProtection(),
		closing: make(chan struct{}), served: make(chan error, 1)}
	s.sessions = &sessions{s}
	var err error
	if s.metrics, err = newMetrics(s, o.Collectors); err != nil {
		return nil, err
	}
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.HTTPErrorHandler = s.fail
	s.echo.Logger.SetOutput(io.Discard) // what is worth saying goes to slog
	s.echo.Use(s.frame)
	gen.RegisterHandlers(routes{s}, s)
	if o.Pages != nil {
		o.Pages(s.echo, s.sessions)
	}
	s.handler = otelhttp.NewHandler(s.echo, "http", otelhttp.WithFilter(func(r *http.Request) bool {
		return r.URL.Path != "/livez" && r.URL.Path != "/readyz" && r.URL.Path != "/metrics"
	}))
	return s, nil
}

// Handler serves requests without a listener.
func (s *Server) Handler() http.Handler { return s.handler }

// Sessions are the sign-ins of pages.
func (s *Server) Sessions() Sessions { return s.sessions }

// Open listens on an address, such as 127.0.0.1:0, and serves from then on.
func (s *Server) Open(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	s.listener = l
	s.server = &http.Server{Handler: s.handler, ReadHeaderTimeout: headerTimeMax, WriteTimeout: answerTimeMax, IdleTimeout: idleTimeMax,
		MaxHeaderBytes: headerBytesMax, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)}
	go func() { s.served <- s.server.Serve(l) }()
	return nil
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// URL is the address to type into a browser.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Wait returns when serving has ended: nil after Close.
func (s *Server) Wait() error {
	if err := <-s.served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close stops accepting and waits for requests that are under way, as long as
// ctx lasts; then it cuts them off. Streams are ended at once.
func (s *Server) Close(ctx context.Context) error {
	select {
	case <-s.closing:
	default:
		close(s.closing)
	}
	if s.server == nil {
		return nil
	}
	if err := s.server.Shutdown(ctx); err != nil {
		return errors.Join(err, s.server.Close())
	}
	return nil
}

// secret makes n random bytes as hex.
func (s *Server) secret(n int) string {
	b := make([]byte, n)
	s.random.Lock()
	defer s.random.Unlock()
	if _, err := io.ReadFull(s.o.Random, b); err != nil {
		panic("http: no randomness: " + err.Error())
	}
	return hex.EncodeToString(b)
}
