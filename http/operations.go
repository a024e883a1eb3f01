package http

import (
	"context"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"staffledger/domain"
	"staffledger/http/internal/gen"
)

// metrics of the server, in a registry of its own.
type metrics struct {
	requests *prometheus.HistogramVec
	handler  http.Handler
}

func newMetrics(s *Server, more []prometheus.Collector) (*metrics, error) {
	registry := prometheus.NewRegistry()
	m := &metrics{requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "staffledger_http_request_seconds", Help: "Requests by route template, method and status.",
		Buckets: []float64{.0002, .0005, .001, .002, .004, .008, .016, .032, .064, .128, .256, .512, 1, 2, 4, 8, 16, 32},
	}, []string{"route", "method", "status"})}
	gauge := func(name, help string, f func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f)
	}
	own := []prometheus.Collector{m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauge("staffledger_ledger_size", "Events in the ledger.", func() float64 { return float64(s.o.Ledger.Size()) }),
		gauge("staffledger_views_next", "Position of the first event that the views have not read.", func() float64 { return float64(s.viewsNext()) }),
		gauge("staffledger_views_lag_seconds", "How long the oldest event that the views have not read waits; 0 where there is none.", s.lag),
	}
	for _, c := range append(own, more...) {
		if err := registry.Register(c); err != nil {
			return nil, err
		}
	}
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m, nil
}

var methods = map[string]bool{"GET": true, "HEAD": true, "POST": true, "PUT": true, "DELETE": true, "OPTIONS": true, "PATCH": true}

func (m *metrics) observe(route, method string, status int, took time.Duration) {
	if !methods[method] {
		method = "other"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Observe(took.Seconds())
}

// viewsNext is the number of events that the views have read.
func (s *Server) viewsNext() uint64 {
	p, at := s.o.Views.Position()
	if p == 0 && at == 0 {
		return 0
	}
	return uint64(p) + 1
}

// lag is how long the oldest event that the views have not read waits, in
// seconds; 0 where there is none.
func (s *Server) lag() float64 {
	next := domain.Position(s.viewsNext())
	if next >= s.o.Ledger.Size() {
		return 0
	}
	r, err := s.o.Ledger.At(context.Background(), next)
	if err != nil {
		return 0 // said by whoever reads that event
	}
	return max(0, float64(s.o.Commands.Now()-r.Time)/1000)
}

func (s *Server) Metrics(c echo.Context) error {
	s.metrics.handler.ServeHTTP(c.Response(), c.Request())
	return nil
}

func (s *Server) Livez(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// lagMax is how far behind the views may be while the server calls itself ready.
const lagMax = 10.0 // seconds

func (s *Server) Readyz(c echo.Context) error {
	size := s.o.Ledger.Size()
	answer := gen.Ready{Ready: true, Size: int(size), LagSeconds: float32(s.lag())}
	if _, _, err := s.o.Ledger.Root(); err != nil {
		answer.Ready, answer.Reason = false, "the ledger cannot be read"
		s.logFault(c, err)
	}
	if answer.LagSeconds > lagMax {
		answer.Ready, answer.Reason = false, "the views are behind"
	}
	select {
	case <-s.closing:
		answer.Ready, answer.Reason = false, "shutting down"
	default:
	}
	status := http.StatusOK
	if !answer.Ready {
		status = http.StatusServiceUnavailable
	}
	return writeJSON(c, status, "application/json", answer)
}

func (s *Server) Version(c echo.Context) error {
	return ok(c, gen.Version{Version: s.o.Version, Go: runtime.Version()})
}

func (s *Server) Openapi(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=300")
	return c.Blob(http.StatusOK, "application/yaml", document)
}
