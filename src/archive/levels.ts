/**
 * To which level of the information model an attribute belongs: study (patient included, since the model is Study Root),
 * series, or instance. What intake keeps with the study and series rows, and where a matching key is looked for, are both
 * read from here.
 *
 * The lists are the modules of PS3.3 whose entity is Patient, Study, Series, Equipment or Frame of Reference; the
 * attributes a device may change from image to image (gantry, acquisition) are left to the instance.
 */
import type { Tag } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import type { Level } from './archive.ts'

const PATIENT: readonly Tag[] = [
  // C.7.1.1 Patient
  T.PatientName,
  T.PatientID,
  T.IssuerOfPatientID,
  T.TypeOfPatientID,
  T.IssuerOfPatientIDQualifiersSequence,
  T.SourcePatientGroupIdentificationSequence,
  T.GroupOfPatientsIdentificationSequence,
  T.PatientBirthDate,
  T.PatientBirthDateInAlternativeCalendar,
  T.PatientDeathDateInAlternativeCalendar,
  T.PatientAlternativeCalendar,
  T.PatientSex,
  T.QualityControlSubject,
  T.ReferencedPatientPhotoSequence,
  T.ReferencedPatientSequence,
  T.PatientBirthTime,
  T.OtherPatientIDs,
  T.OtherPatientIDsSequence,
  T.OtherPatientNames,
  T.EthnicGroup,
  T.PatientComments,
  T.PatientSpeciesDescription,
  T.PatientSpeciesCodeSequence,
  T.PatientBreedDescription,
  T.PatientBreedCodeSequence,
  T.BreedRegistrationSequence,
  T.StrainDescription,
  T.StrainNomenclature,
  T.StrainCodeSequence,
  T.ResponsiblePerson,
  T.ResponsiblePersonRole,
  T.ResponsibleOrganization,
  T.PatientIdentityRemoved,
  T.DeidentificationMethod,
  T.DeidentificationMethodCodeSequence,
  T.PatientBirthName,
  T.PatientMotherBirthName,
  T.PatientAddress,
  T.PatientTelephoneNumbers,
  T.CountryOfResidence,
  T.RegionOfResidence,
  T.MilitaryRank,
  T.BranchOfService,
  T.PatientReligiousPreference,
  T.PatientPrimaryLanguageCodeSequence,
  // C.7.1.3 Clinical Trial Subject
  T.ClinicalTrialSponsorName,
  T.ClinicalTrialProtocolID,
  T.ClinicalTrialProtocolName,
  T.ClinicalTrialSiteID,
  T.ClinicalTrialSiteName,
  T.ClinicalTrialSubjectID,
  T.ClinicalTrialSubjectReadingID,
  T.ClinicalTrialProtocolEthicsCommitteeName,
  T.ClinicalTrialProtocolEthicsCommitteeApprovalNumber,
]

const STUDY: readonly Tag[] = [
  // C.7.2.1 General Study
  T.StudyInstanceUID,
  T.StudyDate,
  T.StudyTime,
  T.ReferringPhysicianName,
  T.ReferringPhysicianIdentificationSequence,
  T.ConsultingPhysicianName,
  T.ConsultingPhysicianIdentificationSequence,
  T.StudyID,
  T.AccessionNumber,
  T.IssuerOfAccessionNumberSequence,
  T.StudyDescription,
  T.PhysiciansOfRecord,
  T.PhysiciansOfRecordIdentificationSequence,
  T.NameOfPhysiciansReadingStudy,
  T.PhysiciansReadingStudyIdentificationSequence,
  T.RequestingService,
  T.RequestingServiceCodeSequence,
  T.ReferencedStudySequence,
  T.ProcedureCodeSequence,
  T.ReasonForPerformedProcedureCodeSequence,
  // C.7.2.2 Patient Study
  T.AdmittingDiagnosesDescription,
  T.AdmittingDiagnosesCodeSequence,
  T.PatientAge,
  T.PatientSize,
  T.PatientWeight,
  T.PatientBodyMassIndex,
  T.MeasuredAPDimension,
  T.MeasuredLateralDimension,
  T.PatientSizeCodeSequence,
  T.MedicalAlerts,
  T.Allergies,
  T.SmokingStatus,
  T.PregnancyStatus,
  T.LastMenstrualDate,
  T.PatientState,
  T.Occupation,
  T.AdditionalPatientHistory,
  T.AdmissionID,
  T.IssuerOfAdmissionIDSequence,
  T.ServiceEpisodeID,
  T.ServiceEpisodeDescription,
  T.IssuerOfServiceEpisodeIDSequence,
  T.PatientSexNeutered,
  T.ReasonForVisit,
  T.ReasonForVisitCodeSequence,
  // C.7.2.3 Clinical Trial Study
  T.ClinicalTrialTimePointID,
  T.ClinicalTrialTimePointDescription,
  T.LongitudinalTemporalOffsetFromEvent,
  T.LongitudinalTemporalEventType,
  T.ConsentForClinicalTrialUseSequence,
]

const SERIES: readonly Tag[] = [
  // C.7.3.1 General Series
  T.Modality,
  T.SeriesInstanceUID,
  T.SeriesNumber,
  T.Laterality,
  T.SeriesDate,
  T.SeriesTime,
  T.PerformingPhysicianName,
  T.PerformingPhysicianIdentificationSequence,
  T.ProtocolName,
  T.SeriesDescription,
  T.SeriesDescriptionCodeSequence,
  T.OperatorsName,
  T.OperatorIdentificationSequence,
  T.ReferencedPerformedProcedureStepSequence,
  T.RelatedSeriesSequence,
  T.BodyPartExamined,
  T.PatientPosition,
  T.RequestAttributesSequence,
  T.PerformedProcedureStepID,
  T.PerformedProcedureStepStartDate,
  T.PerformedProcedureStepStartTime,
  T.PerformedProcedureStepEndDate,
  T.PerformedProcedureStepEndTime,
  T.PerformedProcedureStepDescription,
  T.PerformedProtocolCodeSequence,
  T.CommentsOnThePerformedProcedureStep,
  T.TreatmentSessionUID,
  // C.7.3.2 Clinical Trial Series
  T.ClinicalTrialCoordinatingCenterName,
  T.ClinicalTrialSeriesID,
  T.ClinicalTrialSeriesDescription,
  // C.7.4.1 Frame of Reference
  T.FrameOfReferenceUID,
  T.PositionReferenceIndicator,
  // C.7.5.1 General Equipment
  T.Manufacturer,
  T.InstitutionName,
  T.InstitutionAddress,
  T.StationName,
  T.InstitutionalDepartmentName,
  T.InstitutionalDepartmentTypeCodeSequence,
  T.ManufacturerModelName,
  T.DeviceSerialNumber,
  T.SoftwareVersions,
]

/** Stands with every level that has it: it says how the clock of the times beside it was set (PS3.3 C.12.1). */
const EVERYWHERE: readonly Tag[] = [T.TimezoneOffsetFromUTC]

export const STUDY_ATTRIBUTES: ReadonlySet<Tag> = new Set([...PATIENT, ...STUDY, ...EVERYWHERE])
export const SERIES_ATTRIBUTES: ReadonlySet<Tag> = new Set([...SERIES, ...EVERYWHERE])

export function levelOf(tag: Tag): Level {
  if (STUDY_ATTRIBUTES.has(tag)) return 'study'
  return SERIES_ATTRIBUTES.has(tag) ? 'series' : 'instance'
}
