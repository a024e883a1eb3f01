package http

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"staffledger/domain"
	"staffledger/domain/usecase"
	"staffledger/http/internal/gen"
	"staffledger/projections/views"
)

// Documents.

func paper(d *views.Document) gen.Document {
	return gen.Document{Id: d.ID, Number: d.Number, Issuer: d.Issuer, Title: d.Title, Date: d.Date, Digest: d.Digest, Size: int(d.Size), Cited: d.Cited}
}

func (s *Server) UploadFile(c echo.Context) error {
	r := c.Request()
	digest, size, err := s.o.Files.Put(r.Context(), r.Body)
	s.bodyCame(c)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return bodyFault(err, usecase.DocumentBytesMax)
	case err != nil && !errors.Is(err, domain.ErrNoSpace) && r.Context().Err() == nil:
		if fault := bodyFault(err, usecase.DocumentBytesMax); fault.(*problem).name == BodyTooSlow {
			return fault
		}
		return err
	case err != nil:
		return err
	case size == 0:
		return domain.Refuse(domain.FieldMissing, "file")
	}
	return writeJSON(c, http.StatusCreated, "application/json", gen.File{Digest: digest, Size: int(size)})
}

func (s *Server) RegisterDocument(c echo.Context, p gen.RegisterDocumentParams) error {
	var b gen.RegisterDocument
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	command := usecase.RegisterDocument{Number: b.Number, Issuer: b.Issuer, Title: b.Title, Grants: b.Grants, File: b.File, Date: b.Date, Digest: b.Digest}
	if err == nil && b.Digest != "" { // the file must be there: what is read whole can be cited
		file, open := s.o.Files.Open(c.Request().Context(), b.Digest)
		switch {
		case errors.Is(open, domain.ErrNoEvent):
			return domain.Refuse(domain.FieldMalformed, "digest", "rule", "digest")
		case open != nil:
			return open
		}
		command.Size, err = io.Copy(io.Discard, file)
		err = errors.Join(err, file.Close())
	}
	return s.do(c, call, err, command, "/v1/documents/")
}

func (s *Server) ListDocuments(c echo.Context, p gen.ListDocumentsParams) error {
	page, err := s.o.Views.Documents(c.Request().Context(), views.DocumentQuery{Text: p.Q, After: p.After, Limit: p.Limit})
	if err != nil {
		return err
	}
	answer := gen.DocumentPage{Rows: make([]gen.Document, len(page.Rows)), Total: page.Total, Next: page.Next}
	for i := range page.Rows {
		answer.Rows[i] = paper(&page.Rows[i])
	}
	return ok(c, answer)
}

func (s *Server) GetDocument(c echo.Context, ref gen.DocumentParam, _ gen.GetDocumentParams) error {
	d, err := s.o.Views.Document(c.Request().Context(), ref)
	if err != nil {
		return err
	}
	return ok(c, paper(&d))
}

// fileTimeMax bounds the sending of one file.
const fileTimeMax = 10 * time.Minute

func (s *Server) GetDocumentFile(c echo.Context, ref gen.DocumentParam) error {
	ctx := c.Request().Context()
	d, err := s.o.Views.Document(ctx, ref)
	if err != nil {
		return err
	}
	if d.Digest == "" {
		return refuse(NotFound, "file")
	}
	file, err := s.o.Files.Open(ctx, d.Digest)
	if err != nil {
		return err
	}
	defer file.Close()
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, echo.MIMEOctetStream)
	h.Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": string(d.ID)}))
	h.Set(echo.HeaderContentLength, strconv.FormatInt(d.Size, 10))
	h.Set(echo.HeaderCacheControl, "private, no-store")
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(fileTimeMax))
	if n, err := io.Copy(c.Response(), file); err != nil || n != d.Size {
		s.logFault(c, errors.Join(err, errors.New("the file broke off")))
		panic(http.ErrAbortHandler) // the reader must not take a part for the whole
	}
	return nil
}
