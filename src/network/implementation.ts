/**
 * Who we say we are on an association (PS3.7 Annex D.3.3.2).
 *
 * The class UID is a UUID as a UID (PS3.5 Annex B.2), since the project has no root of its own; it changes never, the
 * version name with each release.
 */
export const IMPLEMENTATION_CLASS_UID = '2.25.67337180551807908794967966731400607974'
/** At most 16 characters. */
export const IMPLEMENTATION_VERSION = 'CLEARKEEP_0.1'
