/** The same as `test/journeys/round-trip.journey.test.ts`, for every file of the corpus. */
import { roundTrip } from '../support/round-trip-suite.ts'

roundTrip('the whole corpus', (files) => files)
