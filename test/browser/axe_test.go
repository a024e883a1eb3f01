//go:build browser

package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/chromedp/chromedp"
)

// axeVersion is installed from npm at test time, into a folder that git
// ignores.
const axeVersion = "4.14.1"

var axe = sync.OnceValues(func() (string, error) {
	file := filepath.Join("node_modules", "axe-core", "axe.min.js")
	source, err := os.ReadFile(file)
	if err == nil {
		return string(source), nil
	}
	out, err := exec.Command("npm", "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--prefix", ".", "axe-core@"+axeVersion).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("npm install axe-core: %w\n%s", err, out)
	}
	source, err = os.ReadFile(file)
	return string(source), err
})

type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML   string `json:"html"`
		Reason string `json:"failureSummary"`
	} `json:"nodes"`
}

// accessible fails where axe finds something serious or critical on the page.
func (w *window) accessible(page string) {
	w.t.Helper()
	source, err := axe()
	if err != nil {
		w.t.Fatal(err)
	}
	run := source + `;axe.run(document, {resultTypes: ["violations"]}).then(function (r) { return JSON.stringify(r.violations); })`
	found := get(w, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))
	var violations []violation
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		w.t.Fatal(err)
	}
	for _, v := range violations {
		if v.Impact != "serious" && v.Impact != "critical" {
			continue
		}
		for i, n := range v.Nodes {
			if i < 3 {
				w.t.Errorf("%s: %s (%s): %s\n%s\n%s", page, v.ID, v.Impact, v.Help, n.HTML, n.Reason)
			}
		}
	}
}
