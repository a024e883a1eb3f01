package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
	"staffledger/eventstore"
)

// A segment file is a header and frames, one frame per commit group:
//
//	header  "staffledger log\x01" | first position u64 | zero u32 | CRC-32C u32
//	frame   CRC-32C u32 | payload bytes u32 | first position u64 | entries u32 |
//	        zero u32 | Merkle root of the ledger after the frame [32] | payload
//	payload entries, each: length u16, bytes
//
// All numbers are big-endian. The CRC covers everything behind it. Frames start
// at multiples of eight; the rest of the file is zero. An entry is text and
// holds no zero byte, so no part of one can be taken for a frame's header,
// whose position begins with one.
const (
	segmentMagic       = "staffledger log\x01"
	segmentHeaderBytes = 32
	frameHeaderBytes   = 56
	frameAlign         = 8
	frameBytesMax      = frameHeaderBytes + eventstore.AppendBytesMax + 2*eventstore.AppendCountMax + 2*groupBytesMax
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

func segmentHeader(first domain.Position) []byte {
	b := make([]byte, segmentHeaderBytes)
	copy(b, segmentMagic)
	binary.BigEndian.PutUint64(b[16:], uint64(first))
	binary.BigEndian.PutUint32(b[28:], checksum(b[:28]))
	return b
}

func parseSegmentHeader(b []byte) (domain.Position, error) {
	if len(b) < segmentHeaderBytes {
		return 0, errors.New("file is shorter than its header")
	}
	if checksum(b[:28]) != binary.BigEndian.Uint32(b[28:]) {
		return 0, errors.New("header does not match its checksum")
	}
	if v := b[15]; string(b[:15]) == segmentMagic[:15] && v > segmentMagic[15] {
		return 0, fmt.Errorf("%w: segment version %d", eventstore.ErrNewer, v)
	}
	if string(b[:16]) != segmentMagic {
		return 0, errors.New("not a segment file")
	}
	return domain.Position(binary.BigEndian.Uint64(b[16:])), nil
}

func alignFrame(n int64) int64 { return (n + frameAlign - 1) &^ (frameAlign - 1) }

// sealFrame fills in the header of a frame whose payload stands in b.
func sealFrame(b []byte, first domain.Position, count int, root tlog.Hash) {
	binary.BigEndian.PutUint32(b[4:], uint32(len(b)-frameHeaderBytes))
	binary.BigEndian.PutUint64(b[8:], uint64(first))
	binary.BigEndian.PutUint32(b[16:], uint32(count))
	binary.BigEndian.PutUint32(b[20:], 0)
	copy(b[24:], root[:])
	binary.BigEndian.PutUint32(b, checksum(b[4:]))
}

type frame struct {
	first   domain.Position
	count   int
	root    tlog.Hash
	payload []byte
}

var (
	errNoFrame  = errors.New("no frame")
	errBadFrame = errors.New("frame does not match its checksum")
)

// parseFrame reads the frame at the start of b. It returns errNoFrame where
// the header is all zero.
func parseFrame(b []byte) (frame, error) {
	if len(b) < frameHeaderBytes {
		if isZero(b) {
			return frame{}, errNoFrame
		}
		return frame{}, errBadFrame
	}
	if isZero(b[:frameHeaderBytes]) {
		return frame{}, errNoFrame
	}
	n := int64(binary.BigEndian.Uint32(b[4:]))
	if n == 0 || n > frameBytesMax || frameHeaderBytes+n > int64(len(b)) || binary.BigEndian.Uint32(b[20:]) != 0 {
		return frame{}, errBadFrame
	}
	whole := b[:frameHeaderBytes+n]
	if checksum(whole[4:]) != binary.BigEndian.Uint32(whole) {
		return frame{}, errBadFrame
	}
	f := frame{
		first:   domain.Position(binary.BigEndian.Uint64(b[8:])),
		count:   int(binary.BigEndian.Uint32(b[16:])),
		payload: whole[frameHeaderBytes:],
	}
	copy(f.root[:], b[24:])
	return f, nil
}

func isZero(b []byte) bool {
	for len(b) >= 8 {
		if binary.NativeEndian.Uint64(b) != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// nextEntry splits the first length-prefixed entry off b.
func nextEntry(b []byte) (entry, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	n := int(binary.BigEndian.Uint16(b))
	if n == 0 || len(b) < 2+n {
		return nil, nil, false
	}
	return b[2 : 2+n : 2+n], b[2+n:], true
}
