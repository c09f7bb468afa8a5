/**
 * What went in comes out, whichever door it leaves by: C-GET, C-MOVE, WADO-RS and WADO-URI give the same bytes, as stored
 * and in Explicit VR Little Endian, before and after the study is sealed; attributes are those received, and pixels have
 * the digests other people's decoders found.
 *
 * One file of the corpus for each transfer syntax and SOP class; `test/long/round-trip.long.test.ts` takes them all.
 */
import { roundTrip } from '../support/round-trip-suite.ts'

roundTrip('one of each kind in the corpus', (files) => {
  const kinds = new Map(
    files.filter(({ bytes }) => bytes < 1_000_000).map((file) => [`${file.transferSyntax} ${file.sopClass}`, file]),
  )
  return [...kinds.values()]
})
