package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"

	"github.com/labstack/echo/v4"
)

//go:embed assets
var assetFiles embed.FS

// asset is a file under an address that changes with its content, so that it
// may be kept for ever.
type asset struct {
	media string
	body  []byte
}

// loadAssets returns the files by address; assetPath finds one by name.
func loadAssets() map[string]asset {
	all := map[string]asset{}
	for name, address := range assetPaths {
		body, err := assetFiles.ReadFile("assets/" + name)
		if err != nil {
			panic("web: " + err.Error())
		}
		all[address] = asset{mime.TypeByExtension(path.Ext(name)), body}
	}
	return all
}

// assetPaths gives each file its address.
var assetPaths = func() map[string]string {
	paths := map[string]string{}
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic("web: " + err.Error())
	}
	for _, e := range entries {
		body, err := assetFiles.ReadFile("assets/" + e.Name())
		if err != nil {
			panic("web: " + err.Error())
		}
		sum := sha256.Sum256(body)
		paths[e.Name()] = "/assets/" + hex.EncodeToString(sum[:6]) + "/" + e.Name()
	}
	return paths
}()

func assetPath(name string) string { return assetPaths[name] }

func (p *Pages) asset(c echo.Context) error {
	a := p.assets[c.Path()]
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, a.media, a.body)
}
