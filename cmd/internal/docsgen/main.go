// Docsgen writes docs/events.md and docs/refusals.md from the code: the doc
// comments of the payloads, the catalogue of package text and the examples of
// package example. Run it at the root of the repository:
//
//	go run ./cmd/internal/docsgen
//
// A test fails where the documents are not what it would write.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", ".", "root of the repository")
	flag.Parse()
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "docsgen:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	documents, err := generate(root)
	if err != nil {
		return err
	}
	for name, content := range documents {
		if err := os.WriteFile(filepath.Join(root, "docs", name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate makes the documents from the source below root, by file name.
func generate(root string) (map[string][]byte, error) {
	source, err := readSource(root)
	if err != nil {
		return nil, err
	}
	events, err := eventsPage(source)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"events.md": events, "refusals.md": refusalsPage()}, nil
}
