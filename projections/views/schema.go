package views

// schemaVersion stands in every file (PRAGMA user_version); a file of another
// version is rebuilt. Raise it with every change of the tables or of what the
// fold writes into them.
const schemaVersion = 1

// applicationID marks the files as ours (PRAGMA application_id): "SLvw".
const applicationID = 0x534c7677

// The tables. Integer keys named n are positions: of the event that founded a
// unit, registered a person, document or user, opened a change, approved a use,
// or was a pool's first; a holding's n counts holdings. Days are counted from
// 1970-01-01, instants in milliseconds, 0 is none. A row that is valid or known
// without end has maxDay and maxPosition there. Valid is [valid_from,
// valid_to), known is [known_from, known_to) in positions.
const tables = `
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
-- cut(K): the last position whose clock stood at that day
CREATE TABLE day(day INTEGER PRIMARY KEY, cut INTEGER NOT NULL);
CREATE TABLE counter(name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;

-- a o r h, free, over: the unit's own lines; s…: with all units below it
CREATE TABLE unit(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  code TEXT, level TEXT, parent TEXT, division TEXT, system TEXT, rank TEXT, name TEXT, shortname TEXT, othernames TEXT, established INTEGER,
  revision INTEGER, position INTEGER, updated INTEGER, children INTEGER, under INTEGER,
  a INTEGER, o INTEGER, r INTEGER, h INTEGER, free INTEGER, over INTEGER,
  sa INTEGER, so INTEGER, sr INTEGER, sh INTEGER, sfree INTEGER, sover INTEGER);
CREATE TABLE unit_above(above INTEGER, unit INTEGER, depth INTEGER, PRIMARY KEY(above, unit)) WITHOUT ROWID;
CREATE TABLE unit_code(code TEXT, unit INTEGER, since INTEGER, PRIMARY KEY(code, unit)) WITHOUT ROWID;
CREATE TABLE pool(n INTEGER PRIMARY KEY, level TEXT NOT NULL UNIQUE, revision INTEGER, position INTEGER, updated INTEGER);

CREATE TABLE line(account INTEGER, line TEXT, a INTEGER, o INTEGER, r INTEGER, h INTEGER, position INTEGER,
  PRIMARY KEY(account, line)) WITHOUT ROWID;
-- every movement, valid from day on, known from position on; t…: sum of the
-- line's movements up to this one; lag: see lagClass
CREATE TABLE posting(account INTEGER, line TEXT, known_from INTEGER, part INTEGER, valid_from INTEGER, lag INTEGER,
  a INTEGER, o INTEGER, r INTEGER, h INTEGER, ta INTEGER, t_o INTEGER, tr INTEGER, th INTEGER,
  PRIMARY KEY(account, line, known_from, part)) WITHOUT ROWID;
CREATE TABLE landing(process TEXT PRIMARY KEY, account INTEGER, line TEXT, posts INTEGER, day INTEGER, document TEXT) WITHOUT ROWID;

CREATE TABLE person(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, masked TEXT,
  unit INTEGER, holding INTEGER, process TEXT, position INTEGER);
-- particulars, whole and as JSON, stand in the version known now only
CREATE TABLE holding(n INTEGER, known_from INTEGER, id TEXT, unit INTEGER, person INTEGER, line TEXT, class TEXT,
  valid_from INTEGER, valid_to INTEGER, name TEXT, sex TEXT, birth TEXT, body TEXT, post TEXT, postrank TEXT,
  document TEXT, particulars TEXT, known_to INTEGER, PRIMARY KEY(n, known_from)) WITHOUT ROWID;

CREATE TABLE change(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, number TEXT, unit INTEGER, kind TEXT, person INTEGER,
  collected INTEGER, collector TEXT, batch TEXT, route TEXT,
  line TEXT, class TEXT, effective INTEGER, state TEXT, gate TEXT, passed INTEGER, due INTEGER, handlingdue INTEGER,
  manner TEXT, exitreason TEXT, approval TEXT, hash TEXT, particulars TEXT, note TEXT, document TEXT, users TEXT, humans TEXT, revision INTEGER, position INTEGER);
CREATE TABLE touch(user INTEGER, change INTEGER);
-- how many changes a unit has of a kind and state
CREATE TABLE tally(unit INTEGER, kind TEXT, state TEXT, n INTEGER, PRIMARY KEY(unit, kind, state)) WITHOUT ROWID;
CREATE TABLE month(unit INTEGER, month INTEGER, entries INTEGER, exits INTEGER, PRIMARY KEY(unit, month)) WITHOUT ROWID;

CREATE TABLE approval(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, number TEXT, account INTEGER, line TEXT, manner TEXT, posts INTEGER,
  day INTEGER, validto INTEGER, document TEXT, plan TEXT, drawn INTEGER, consumed INTEGER, ended INTEGER, revision INTEGER, position INTEGER);
CREATE TABLE document(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, number TEXT, issuer TEXT, title TEXT, date INTEGER, digest TEXT, size INTEGER,
  cited INTEGER, position INTEGER);
CREATE TABLE user(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, signin TEXT, human TEXT, disabled INTEGER, revision INTEGER, position INTEGER);
CREATE TABLE user_grant(user INTEGER, id TEXT, role TEXT, level TEXT, unit TEXT, proposed INTEGER, by TEXT, position INTEGER,
  PRIMARY KEY(user, id)) WITHOUT ROWID;

-- a process that has begun on a stream and is not settled there
CREATE TABLE process(id TEXT, stream TEXT, kind TEXT, change TEXT, since INTEGER, position INTEGER, PRIMARY KEY(id, stream)) WITHOUT ROWID;
-- an open opening balance, and its rows so far
CREATE TABLE opening(account INTEGER PRIMARY KEY, process TEXT, expected INTEGER, document TEXT, rows INTEGER, position INTEGER);
CREATE TABLE opening_row(account INTEGER, row INTEGER, holding TEXT, person TEXT, line TEXT, class TEXT, since INTEGER, particulars TEXT, position INTEGER,
  PRIMARY KEY(account, row)) WITHOUT ROWID;

-- bigrams of names and numbers (searchText); rowid is 4n + kind of thing
CREATE VIRTUAL TABLE search USING fts5(grams, content='', contentless_delete=1, tokenize='ascii');
-- its terms in order, for comparisons
CREATE VIRTUAL TABLE search_terms USING fts5vocab(search, instance);
`

// indexes are made when a rebuild has come to the end: filling them one row at
// a time costs several times as much.
const indexes = `
CREATE INDEX unit_by_code ON unit(code, n);
CREATE INDEX unit_by_parent ON unit(parent, code, n);
CREATE INDEX unit_of_level ON unit(level, code, n);
CREATE INDEX above_of_unit ON unit_above(unit, depth);
CREATE INDEX posting_late ON posting(account, line, lag, valid_from) WHERE lag <> 0;
CREATE INDEX landing_by_day ON landing(day);
CREATE INDEX person_by_name ON person(name, n);
CREATE INDEX holding_of_unit ON holding(unit, valid_from, n, valid_to, known_from, known_to);
CREATE INDEX holding_present ON holding(unit, valid_from, n) WHERE known_to = 9223372036854775807 AND valid_to = 2147483647;
CREATE INDEX holding_of_person ON holding(person, n);
CREATE INDEX change_number ON change(number);
CREATE INDEX change_of_unit ON change(unit, n);
CREATE INDEX change_of_person ON change(person, n);
CREATE INDEX change_waiting ON change(state, gate, due, n) WHERE state IN ('review', 'returned', 'to-record');
CREATE INDEX change_of_batch ON change(batch, n) WHERE batch <> '';
CREATE UNIQUE INDEX touch_of_user ON touch(user, change);
CREATE INDEX approval_number ON approval(number);
CREATE INDEX approval_of_account ON approval(account, n);
CREATE INDEX approval_open ON approval(validto) WHERE ended = 0;
CREATE INDEX document_number ON document(number);
CREATE INDEX process_since ON process(position);
`

const (
	maxDay      = 1<<31 - 1
	maxPosition = 1<<63 - 1
)
