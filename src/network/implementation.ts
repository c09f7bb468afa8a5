/**
 * Who we say we are on an association (PS3.7 Annex D.3.3.2): the same as in the files we write.
 */
export { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME as IMPLEMENTATION_VERSION } from '../dicom/part10.ts'
