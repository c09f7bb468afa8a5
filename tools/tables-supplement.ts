/**
 * What the standard has and `../shared/standard` has not: command elements, newer attributes, and the UIDs of PS3.6
 * Annex A but for the storage SOP classes of sops.json. Kept by hand; `generate-tables.ts` joins both. Add a row here
 * when the standard gains one before the shared tables do; the generator refuses a row that both hold.
 *
 * Attributes: tag, keyword, name, VR, VM, `retired`. UIDs: UID, keyword, name, `retired`.
 */

/** PS3.7 Annex E: command elements, retired ones too. */
export const COMMAND_ELEMENTS = `
00000000|CommandGroupLength|Command Group Length|UL|1
00000001|CommandLengthToEnd|Command Length to End|UL|1|retired
00000002|AffectedSOPClassUID|Affected SOP Class UID|UI|1
00000003|RequestedSOPClassUID|Requested SOP Class UID|UI|1
00000010|CommandRecognitionCode|Command Recognition Code|SH|1|retired
00000100|CommandField|Command Field|US|1
00000110|MessageID|Message ID|US|1
00000120|MessageIDBeingRespondedTo|Message ID Being Responded To|US|1
00000200|Initiator|Initiator|AE|1|retired
00000300|Receiver|Receiver|AE|1|retired
00000400|FindLocation|Find Location|AE|1|retired
00000600|MoveDestination|Move Destination|AE|1
00000700|Priority|Priority|US|1
00000800|CommandDataSetType|Command Data Set Type|US|1
00000850|NumberOfMatches|Number of Matches|US|1|retired
00000860|ResponseSequenceNumber|Response Sequence Number|US|1|retired
00000900|Status|Status|US|1
00000901|OffendingElement|Offending Element|AT|1-n
00000902|ErrorComment|Error Comment|LO|1
00000903|ErrorID|Error ID|US|1
00001000|AffectedSOPInstanceUID|Affected SOP Instance UID|UI|1
00001001|RequestedSOPInstanceUID|Requested SOP Instance UID|UI|1
00001002|EventTypeID|Event Type ID|US|1
00001005|AttributeIdentifierList|Attribute Identifier List|AT|1-n
00001008|ActionTypeID|Action Type ID|US|1
00001020|NumberOfRemainingSuboperations|Number of Remaining Sub-operations|US|1
00001021|NumberOfCompletedSuboperations|Number of Completed Sub-operations|US|1
00001022|NumberOfFailedSuboperations|Number of Failed Sub-operations|US|1
00001023|NumberOfWarningSuboperations|Number of Warning Sub-operations|US|1
00001030|MoveOriginatorApplicationEntityTitle|Move Originator Application Entity Title|AE|1
00001031|MoveOriginatorMessageID|Move Originator Message ID|US|1
00004000|DialogReceiver|Dialog Receiver|LT|1|retired
00004010|TerminalType|Terminal Type|LT|1|retired
00005010|MessageSetID|Message Set ID|SH|1|retired
00005020|EndMessageID|End Message ID|SH|1|retired
00005110|DisplayFormat|Display Format|LT|1|retired
00005120|PagePositionID|Page Position ID|LT|1|retired
00005130|TextFormatID|Text Format ID|CS|1|retired
00005140|NormalReverse|Normal/Reverse|CS|1|retired
00005150|AddGrayScale|Add Gray Scale|CS|1|retired
00005160|Borders|Borders|CS|1|retired
00005170|Copies|Copies|IS|1|retired
00005180|CommandMagnificationType|Command Magnification Type|CS|1|retired
00005190|Erase|Erase|CS|1|retired
000051A0|Print|Print|CS|1|retired
000051B0|Overlays|Overlays|US|1-n|retired
`

/** PS3.6 chapter 6, newer than the shared tables. */
export const NEWER_ATTRIBUTES = `
00102161|EthnicGroupCodeSequence|Ethnic Group Code Sequence|SQ|1
300A0054|TableTopPositionAlignmentUID|Table Top Position Alignment UID|UI|1
300A079F|PatientTreatmentPreparationSequence|Patient Treatment Preparation Sequence|SQ|1
300A07A0|PatientToEquipmentRelationshipSequence|Patient to Equipment Relationship Sequence|SQ|1
300A07A1|ImagingEquipmentToTreatmentDeliveryDeviceRelationshipSequence|Imaging Equipment to Treatment Delivery Device Relationship Sequence|SQ|1
`

/** Transfer syntaxes (PS3.6 Table A-1, to 2025), retired ones too: old archives hold them. */
export const TRANSFER_SYNTAXES = `
1.2.840.10008.1.2|ImplicitVRLittleEndian|Implicit VR Little Endian
1.2.840.10008.1.2.1|ExplicitVRLittleEndian|Explicit VR Little Endian
1.2.840.10008.1.2.1.98|EncapsulatedUncompressedExplicitVRLittleEndian|Encapsulated Uncompressed Explicit VR Little Endian
1.2.840.10008.1.2.1.99|DeflatedExplicitVRLittleEndian|Deflated Explicit VR Little Endian
1.2.840.10008.1.2.2|ExplicitVRBigEndian|Explicit VR Big Endian|retired
1.2.840.10008.1.2.4.50|JPEGBaseline8Bit|JPEG Baseline (Process 1)
1.2.840.10008.1.2.4.51|JPEGExtended12Bit|JPEG Extended (Process 2 and 4)
1.2.840.10008.1.2.4.52|JPEGExtended35|JPEG Extended (Process 3 and 5)|retired
1.2.840.10008.1.2.4.53|JPEGSpectralSelectionNonHierarchical68|JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)|retired
1.2.840.10008.1.2.4.54|JPEGSpectralSelectionNonHierarchical79|JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9)|retired
1.2.840.10008.1.2.4.55|JPEGFullProgressionNonHierarchical1012|JPEG Full Progression, Non-Hierarchical (Process 10 and 12)|retired
1.2.840.10008.1.2.4.56|JPEGFullProgressionNonHierarchical1113|JPEG Full Progression, Non-Hierarchical (Process 11 and 13)|retired
1.2.840.10008.1.2.4.57|JPEGLossless|JPEG Lossless, Non-Hierarchical (Process 14)
1.2.840.10008.1.2.4.58|JPEGLosslessNonHierarchical15|JPEG Lossless, Non-Hierarchical (Process 15)|retired
1.2.840.10008.1.2.4.59|JPEGExtendedHierarchical1618|JPEG Extended, Hierarchical (Process 16 and 18)|retired
1.2.840.10008.1.2.4.60|JPEGExtendedHierarchical1719|JPEG Extended, Hierarchical (Process 17 and 19)|retired
1.2.840.10008.1.2.4.61|JPEGSpectralSelectionHierarchical2022|JPEG Spectral Selection, Hierarchical (Process 20 and 22)|retired
1.2.840.10008.1.2.4.62|JPEGSpectralSelectionHierarchical2123|JPEG Spectral Selection, Hierarchical (Process 21 and 23)|retired
1.2.840.10008.1.2.4.63|JPEGFullProgressionHierarchical2426|JPEG Full Progression, Hierarchical (Process 24 and 26)|retired
1.2.840.10008.1.2.4.64|JPEGFullProgressionHierarchical2527|JPEG Full Progression, Hierarchical (Process 25 and 27)|retired
1.2.840.10008.1.2.4.65|JPEGLosslessHierarchical28|JPEG Lossless, Hierarchical (Process 28)|retired
1.2.840.10008.1.2.4.66|JPEGLosslessHierarchical29|JPEG Lossless, Hierarchical (Process 29)|retired
1.2.840.10008.1.2.4.70|JPEGLosslessSV1|JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])
1.2.840.10008.1.2.4.80|JPEGLSLossless|JPEG-LS Lossless Image Compression
1.2.840.10008.1.2.4.81|JPEGLSNearLossless|JPEG-LS Lossy (Near-Lossless) Image Compression
1.2.840.10008.1.2.4.90|JPEG2000Lossless|JPEG 2000 Image Compression (Lossless Only)
1.2.840.10008.1.2.4.91|JPEG2000|JPEG 2000 Image Compression
1.2.840.10008.1.2.4.92|JPEG2000MCLossless|JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)
1.2.840.10008.1.2.4.93|JPEG2000MC|JPEG 2000 Part 2 Multi-component Image Compression
1.2.840.10008.1.2.4.94|JPIPReferenced|JPIP Referenced
1.2.840.10008.1.2.4.95|JPIPReferencedDeflate|JPIP Referenced Deflate
1.2.840.10008.1.2.4.100|MPEG2MPML|MPEG2 Main Profile / Main Level
1.2.840.10008.1.2.4.100.1|MPEG2MPMLF|Fragmentable MPEG2 Main Profile / Main Level
1.2.840.10008.1.2.4.101|MPEG2MPHL|MPEG2 Main Profile / High Level
1.2.840.10008.1.2.4.101.1|MPEG2MPHLF|Fragmentable MPEG2 Main Profile / High Level
1.2.840.10008.1.2.4.102|MPEG4HP41|MPEG-4 AVC/H.264 High Profile / Level 4.1
1.2.840.10008.1.2.4.102.1|MPEG4HP41F|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1
1.2.840.10008.1.2.4.103|MPEG4HP41BD|MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1
1.2.840.10008.1.2.4.103.1|MPEG4HP41BDF|Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1
1.2.840.10008.1.2.4.104|MPEG4HP422D|MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video
1.2.840.10008.1.2.4.104.1|MPEG4HP422DF|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video
1.2.840.10008.1.2.4.105|MPEG4HP423D|MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video
1.2.840.10008.1.2.4.105.1|MPEG4HP423DF|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video
1.2.840.10008.1.2.4.106|MPEG4HP42STEREO|MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2
1.2.840.10008.1.2.4.106.1|MPEG4HP42STEREOF|Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2
1.2.840.10008.1.2.4.107|HEVCMP51|HEVC/H.265 Main Profile / Level 5.1
1.2.840.10008.1.2.4.108|HEVCM10P51|HEVC/H.265 Main 10 Profile / Level 5.1
1.2.840.10008.1.2.4.110|JPEGXLLossless|JPEG XL Lossless
1.2.840.10008.1.2.4.111|JPEGXLJPEGRecompression|JPEG XL JPEG Recompression
1.2.840.10008.1.2.4.112|JPEGXL|JPEG XL
1.2.840.10008.1.2.4.201|HTJ2KLossless|High-Throughput JPEG 2000 Image Compression (Lossless Only)
1.2.840.10008.1.2.4.202|HTJ2KLosslessRPCL|High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)
1.2.840.10008.1.2.4.203|HTJ2K|High-Throughput JPEG 2000 Image Compression
1.2.840.10008.1.2.4.204|JPIPHTJ2KReferenced|JPIP HTJ2K Referenced
1.2.840.10008.1.2.4.205|JPIPHTJ2KReferencedDeflate|JPIP HTJ2K Referenced Deflate
1.2.840.10008.1.2.5|RLELossless|RLE Lossless
1.2.840.10008.1.2.6.1|RFC2557MIMEEncapsulation|RFC 2557 MIME encapsulation|retired
1.2.840.10008.1.2.6.2|XMLEncoding|XML Encoding|retired
1.2.840.10008.1.2.7.1|SMPTEST211020UncompressedProgressiveActiveVideo|SMPTE ST 2110-20 Uncompressed Progressive Active Video
1.2.840.10008.1.2.7.2|SMPTEST211020UncompressedInterlacedActiveVideo|SMPTE ST 2110-20 Uncompressed Interlaced Active Video
1.2.840.10008.1.2.7.3|SMPTEST211030PCMDigitalAudio|SMPTE ST 2110-30 PCM Digital Audio
1.2.840.10008.1.2.8.1|DeflatedImageFrameCompression|Deflated Image Frame Compression
1.2.840.10008.1.20|Papyrus3ImplicitVRLittleEndian|Papyrus 3 Implicit VR Little Endian|retired
`

/** Storage SOP classes that sops.json does not list: retired ones, newer ones, and those of DICOS and DICONDE. */
export const STORAGE_CLASSES = `
1.2.840.10008.5.1.1.27|StoredPrintStorage|Stored Print Storage SOP Class|retired
1.2.840.10008.5.1.1.29|HardcopyGrayscaleImageStorage|Hardcopy Grayscale Image Storage SOP Class|retired
1.2.840.10008.5.1.1.30|HardcopyColorImageStorage|Hardcopy Color Image Storage SOP Class|retired
1.2.840.10008.5.1.4.1.1.3|UltrasoundMultiFrameImageStorageRetired|Ultrasound Multi-frame Image Storage|retired
1.2.840.10008.5.1.4.1.1.5|NuclearMedicineImageStorageRetired|Nuclear Medicine Image Storage|retired
1.2.840.10008.5.1.4.1.1.6|UltrasoundImageStorageRetired|Ultrasound Image Storage|retired
1.2.840.10008.5.1.4.1.1.8|StandaloneOverlayStorage|Standalone Overlay Storage|retired
1.2.840.10008.5.1.4.1.1.9|StandaloneCurveStorage|Standalone Curve Storage|retired
1.2.840.10008.5.1.4.1.1.9.1|WaveformStorageTrial|Waveform Storage - Trial|retired
1.2.840.10008.5.1.4.1.1.9.100.1|WaveformPresentationStateStorage|Waveform Presentation State Storage
1.2.840.10008.5.1.4.1.1.9.100.2|WaveformAcquisitionPresentationStateStorage|Waveform Acquisition Presentation State Storage
1.2.840.10008.5.1.4.1.1.10|StandaloneModalityLUTStorage|Standalone Modality LUT Storage|retired
1.2.840.10008.5.1.4.1.1.11|StandaloneVOILUTStorage|Standalone VOI LUT Storage|retired
1.2.840.10008.5.1.4.1.1.12.3|XRayAngiographicBiPlaneImageStorage|X-Ray Angiographic Bi-Plane Image Storage|retired
1.2.840.10008.5.1.4.1.1.66.7|LabelMapSegmentationStorage|Label Map Segmentation Storage
1.2.840.10008.5.1.4.1.1.66.8|HeightMapSegmentationStorage|Height Map Segmentation Storage
1.2.840.10008.5.1.4.1.1.77.1|VLImageStorageTrial|VL Image Storage - Trial|retired
1.2.840.10008.5.1.4.1.1.77.2|VLMultiFrameImageStorageTrial|VL Multi-frame Image Storage - Trial|retired
1.2.840.10008.5.1.4.1.1.88.1|TextSRStorageTrial|Text SR Storage - Trial|retired
1.2.840.10008.5.1.4.1.1.88.2|AudioSRStorageTrial|Audio SR Storage - Trial|retired
1.2.840.10008.5.1.4.1.1.88.3|DetailSRStorageTrial|Detail SR Storage - Trial|retired
1.2.840.10008.5.1.4.1.1.88.4|ComprehensiveSRStorageTrial|Comprehensive SR Storage - Trial|retired
1.2.840.10008.5.1.4.1.1.88.77|WaveformAnnotationSRStorage|Waveform Annotation SR Storage
1.2.840.10008.5.1.4.1.1.129|StandalonePETCurveStorage|Standalone PET Curve Storage|retired
1.2.840.10008.5.1.4.1.1.501.1|DICOSCTImageStorage|DICOS CT Image Storage
1.2.840.10008.5.1.4.1.1.501.2.1|DICOSDigitalXRayImageStorageForPresentation|DICOS Digital X-Ray Image Storage - For Presentation
1.2.840.10008.5.1.4.1.1.501.2.2|DICOSDigitalXRayImageStorageForProcessing|DICOS Digital X-Ray Image Storage - For Processing
1.2.840.10008.5.1.4.1.1.501.3|DICOSThreatDetectionReportStorage|DICOS Threat Detection Report Storage
1.2.840.10008.5.1.4.1.1.501.4|DICOS2DAITStorage|DICOS 2D AIT Storage
1.2.840.10008.5.1.4.1.1.501.5|DICOS3DAITStorage|DICOS 3D AIT Storage
1.2.840.10008.5.1.4.1.1.501.6|DICOSQuadrupoleResonanceStorage|DICOS Quadrupole Resonance (QR) Storage
1.2.840.10008.5.1.4.1.1.601.1|EddyCurrentImageStorage|Eddy Current Image Storage
1.2.840.10008.5.1.4.1.1.601.2|EddyCurrentMultiFrameImageStorage|Eddy Current Multi-frame Image Storage
1.2.840.10008.5.1.4.34.1|RTBeamsDeliveryInstructionStorageTrial|RT Beams Delivery Instruction Storage - Trial|retired
`

/** SOP classes of the other services. */
export const SERVICE_CLASSES = `
1.2.840.10008.1.1|Verification|Verification SOP Class
1.2.840.10008.1.9|BasicStudyContentNotification|Basic Study Content Notification SOP Class|retired
1.2.840.10008.1.20.1|StorageCommitmentPushModel|Storage Commitment Push Model SOP Class
1.2.840.10008.1.20.2|StorageCommitmentPullModel|Storage Commitment Pull Model SOP Class|retired
1.2.840.10008.1.40|ProceduralEventLogging|Procedural Event Logging SOP Class
1.2.840.10008.1.42|SubstanceAdministrationLogging|Substance Administration Logging SOP Class
1.2.840.10008.3.1.2.1.1|DetachedPatientManagement|Detached Patient Management SOP Class|retired
1.2.840.10008.3.1.2.2.1|DetachedVisitManagement|Detached Visit Management SOP Class|retired
1.2.840.10008.3.1.2.3.1|DetachedStudyManagement|Detached Study Management SOP Class|retired
1.2.840.10008.3.1.2.3.2|StudyComponentManagement|Study Component Management SOP Class|retired
1.2.840.10008.3.1.2.3.3|ModalityPerformedProcedureStep|Modality Performed Procedure Step SOP Class
1.2.840.10008.3.1.2.3.4|ModalityPerformedProcedureStepRetrieve|Modality Performed Procedure Step Retrieve SOP Class
1.2.840.10008.3.1.2.3.5|ModalityPerformedProcedureStepNotification|Modality Performed Procedure Step Notification SOP Class
1.2.840.10008.3.1.2.5.1|DetachedResultsManagement|Detached Results Management SOP Class|retired
1.2.840.10008.3.1.2.6.1|DetachedInterpretationManagement|Detached Interpretation Management SOP Class|retired
1.2.840.10008.5.1.1.1|BasicFilmSession|Basic Film Session SOP Class
1.2.840.10008.5.1.1.2|BasicFilmBox|Basic Film Box SOP Class
1.2.840.10008.5.1.1.4|BasicGrayscaleImageBox|Basic Grayscale Image Box SOP Class
1.2.840.10008.5.1.1.4.1|BasicColorImageBox|Basic Color Image Box SOP Class
1.2.840.10008.5.1.1.4.2|ReferencedImageBox|Referenced Image Box SOP Class|retired
1.2.840.10008.5.1.1.14|PrintJob|Print Job SOP Class
1.2.840.10008.5.1.1.15|BasicAnnotationBox|Basic Annotation Box SOP Class
1.2.840.10008.5.1.1.16|Printer|Printer SOP Class
1.2.840.10008.5.1.1.16.376|PrinterConfigurationRetrieval|Printer Configuration Retrieval SOP Class
1.2.840.10008.5.1.1.22|VOILUTBox|VOI LUT Box SOP Class
1.2.840.10008.5.1.1.23|PresentationLUT|Presentation LUT SOP Class
1.2.840.10008.5.1.1.24|ImageOverlayBox|Image Overlay Box SOP Class|retired
1.2.840.10008.5.1.1.24.1|BasicPrintImageOverlayBox|Basic Print Image Overlay Box SOP Class|retired
1.2.840.10008.5.1.1.26|PrintQueueManagement|Print Queue Management SOP Class|retired
1.2.840.10008.5.1.1.31|PullPrintRequest|Pull Print Request SOP Class|retired
1.2.840.10008.5.1.1.33|MediaCreationManagement|Media Creation Management SOP Class
1.2.840.10008.5.1.1.40|DisplaySystem|Display System SOP Class
1.2.840.10008.5.1.4.1.1.200.4|ProtocolApprovalInformationModelFind|Protocol Approval Information Model - FIND
1.2.840.10008.5.1.4.1.1.200.5|ProtocolApprovalInformationModelMove|Protocol Approval Information Model - MOVE
1.2.840.10008.5.1.4.1.1.200.6|ProtocolApprovalInformationModelGet|Protocol Approval Information Model - GET
1.2.840.10008.5.1.4.1.1.201.2|InventoryFind|Inventory - FIND
1.2.840.10008.5.1.4.1.1.201.3|InventoryMove|Inventory - MOVE
1.2.840.10008.5.1.4.1.1.201.4|InventoryGet|Inventory - GET
1.2.840.10008.5.1.4.1.1.201.5|InventoryCreation|Inventory Creation
1.2.840.10008.5.1.4.1.1.201.6|RepositoryQuery|Repository Query
1.2.840.10008.5.1.4.1.2.1.1|PatientRootQueryRetrieveInformationModelFind|Patient Root Query/Retrieve Information Model - FIND
1.2.840.10008.5.1.4.1.2.1.2|PatientRootQueryRetrieveInformationModelMove|Patient Root Query/Retrieve Information Model - MOVE
1.2.840.10008.5.1.4.1.2.1.3|PatientRootQueryRetrieveInformationModelGet|Patient Root Query/Retrieve Information Model - GET
1.2.840.10008.5.1.4.1.2.2.1|StudyRootQueryRetrieveInformationModelFind|Study Root Query/Retrieve Information Model - FIND
1.2.840.10008.5.1.4.1.2.2.2|StudyRootQueryRetrieveInformationModelMove|Study Root Query/Retrieve Information Model - MOVE
1.2.840.10008.5.1.4.1.2.2.3|StudyRootQueryRetrieveInformationModelGet|Study Root Query/Retrieve Information Model - GET
1.2.840.10008.5.1.4.1.2.3.1|PatientStudyOnlyQueryRetrieveInformationModelFind|Patient/Study Only Query/Retrieve Information Model - FIND|retired
1.2.840.10008.5.1.4.1.2.3.2|PatientStudyOnlyQueryRetrieveInformationModelMove|Patient/Study Only Query/Retrieve Information Model - MOVE|retired
1.2.840.10008.5.1.4.1.2.3.3|PatientStudyOnlyQueryRetrieveInformationModelGet|Patient/Study Only Query/Retrieve Information Model - GET|retired
1.2.840.10008.5.1.4.1.2.4.2|CompositeInstanceRootRetrieveMove|Composite Instance Root Retrieve - MOVE
1.2.840.10008.5.1.4.1.2.4.3|CompositeInstanceRootRetrieveGet|Composite Instance Root Retrieve - GET
1.2.840.10008.5.1.4.1.2.5.3|CompositeInstanceRetrieveWithoutBulkDataGet|Composite Instance Retrieve Without Bulk Data - GET
1.2.840.10008.5.1.4.20.1|DefinedProcedureProtocolInformationModelFind|Defined Procedure Protocol Information Model - FIND
1.2.840.10008.5.1.4.20.2|DefinedProcedureProtocolInformationModelMove|Defined Procedure Protocol Information Model - MOVE
1.2.840.10008.5.1.4.20.3|DefinedProcedureProtocolInformationModelGet|Defined Procedure Protocol Information Model - GET
1.2.840.10008.5.1.4.31|ModalityWorklistInformationModelFind|Modality Worklist Information Model - FIND
1.2.840.10008.5.1.4.32.1|GeneralPurposeWorklistInformationModelFind|General Purpose Worklist Information Model - FIND|retired
1.2.840.10008.5.1.4.32.2|GeneralPurposeScheduledProcedureStep|General Purpose Scheduled Procedure Step SOP Class|retired
1.2.840.10008.5.1.4.32.3|GeneralPurposePerformedProcedureStep|General Purpose Performed Procedure Step SOP Class|retired
1.2.840.10008.5.1.4.33|InstanceAvailabilityNotification|Instance Availability Notification SOP Class
1.2.840.10008.5.1.4.34.2|RTConventionalMachineVerificationTrial|RT Conventional Machine Verification - Trial|retired
1.2.840.10008.5.1.4.34.3|RTIonMachineVerificationTrial|RT Ion Machine Verification - Trial|retired
1.2.840.10008.5.1.4.34.4.1|UnifiedProcedureStepPushTrial|Unified Procedure Step - Push SOP Class - Trial|retired
1.2.840.10008.5.1.4.34.4.2|UnifiedProcedureStepWatchTrial|Unified Procedure Step - Watch SOP Class - Trial|retired
1.2.840.10008.5.1.4.34.4.3|UnifiedProcedureStepPullTrial|Unified Procedure Step - Pull SOP Class - Trial|retired
1.2.840.10008.5.1.4.34.4.4|UnifiedProcedureStepEventTrial|Unified Procedure Step - Event SOP Class - Trial|retired
1.2.840.10008.5.1.4.34.6.1|UnifiedProcedureStepPush|Unified Procedure Step - Push SOP Class
1.2.840.10008.5.1.4.34.6.2|UnifiedProcedureStepWatch|Unified Procedure Step - Watch SOP Class
1.2.840.10008.5.1.4.34.6.3|UnifiedProcedureStepPull|Unified Procedure Step - Pull SOP Class
1.2.840.10008.5.1.4.34.6.4|UnifiedProcedureStepEvent|Unified Procedure Step - Event SOP Class
1.2.840.10008.5.1.4.34.6.5|UnifiedProcedureStepQuery|Unified Procedure Step - Query SOP Class
1.2.840.10008.5.1.4.34.8|RTConventionalMachineVerification|RT Conventional Machine Verification
1.2.840.10008.5.1.4.34.9|RTIonMachineVerification|RT Ion Machine Verification
1.2.840.10008.5.1.4.37.1|GeneralRelevantPatientInformationQuery|General Relevant Patient Information Query
1.2.840.10008.5.1.4.37.2|BreastImagingRelevantPatientInformationQuery|Breast Imaging Relevant Patient Information Query
1.2.840.10008.5.1.4.37.3|CardiacRelevantPatientInformationQuery|Cardiac Relevant Patient Information Query
1.2.840.10008.5.1.4.38.2|HangingProtocolInformationModelFind|Hanging Protocol Information Model - FIND
1.2.840.10008.5.1.4.38.3|HangingProtocolInformationModelMove|Hanging Protocol Information Model - MOVE
1.2.840.10008.5.1.4.38.4|HangingProtocolInformationModelGet|Hanging Protocol Information Model - GET
1.2.840.10008.5.1.4.39.2|ColorPaletteQueryRetrieveInformationModelFind|Color Palette Query/Retrieve Information Model - FIND
1.2.840.10008.5.1.4.39.3|ColorPaletteQueryRetrieveInformationModelMove|Color Palette Query/Retrieve Information Model - MOVE
1.2.840.10008.5.1.4.39.4|ColorPaletteQueryRetrieveInformationModelGet|Color Palette Query/Retrieve Information Model - GET
1.2.840.10008.5.1.4.41|ProductCharacteristicsQuery|Product Characteristics Query SOP Class
1.2.840.10008.5.1.4.42|SubstanceApprovalQuery|Substance Approval Query SOP Class
1.2.840.10008.5.1.4.43.2|GenericImplantTemplateInformationModelFind|Generic Implant Template Information Model - FIND
1.2.840.10008.5.1.4.43.3|GenericImplantTemplateInformationModelMove|Generic Implant Template Information Model - MOVE
1.2.840.10008.5.1.4.43.4|GenericImplantTemplateInformationModelGet|Generic Implant Template Information Model - GET
1.2.840.10008.5.1.4.44.2|ImplantAssemblyTemplateInformationModelFind|Implant Assembly Template Information Model - FIND
1.2.840.10008.5.1.4.44.3|ImplantAssemblyTemplateInformationModelMove|Implant Assembly Template Information Model - MOVE
1.2.840.10008.5.1.4.44.4|ImplantAssemblyTemplateInformationModelGet|Implant Assembly Template Information Model - GET
1.2.840.10008.5.1.4.45.2|ImplantTemplateGroupInformationModelFind|Implant Template Group Information Model - FIND
1.2.840.10008.5.1.4.45.3|ImplantTemplateGroupInformationModelMove|Implant Template Group Information Model - MOVE
1.2.840.10008.5.1.4.45.4|ImplantTemplateGroupInformationModelGet|Implant Template Group Information Model - GET
1.2.840.10008.10.1|VideoEndoscopicImageRealTimeCommunication|Video Endoscopic Image Real-Time Communication
1.2.840.10008.10.2|VideoPhotographicImageRealTimeCommunication|Video Photographic Image Real-Time Communication
1.2.840.10008.10.3|AudioWaveformRealTimeCommunication|Audio Waveform Real-Time Communication
1.2.840.10008.10.4|RenditionSelectionDocumentRealTimeCommunication|Rendition Selection Document Real-Time Communication
`

/** Meta SOP classes. */
export const META_CLASSES = `
1.2.840.10008.3.1.2.1.4|DetachedPatientManagementMeta|Detached Patient Management Meta SOP Class|retired
1.2.840.10008.3.1.2.5.4|DetachedResultsManagementMeta|Detached Results Management Meta SOP Class|retired
1.2.840.10008.3.1.2.5.5|DetachedStudyManagementMeta|Detached Study Management Meta SOP Class|retired
1.2.840.10008.5.1.1.9|BasicGrayscalePrintManagementMeta|Basic Grayscale Print Management Meta SOP Class
1.2.840.10008.5.1.1.9.1|ReferencedGrayscalePrintManagementMeta|Referenced Grayscale Print Management Meta SOP Class|retired
1.2.840.10008.5.1.1.18|BasicColorPrintManagementMeta|Basic Color Print Management Meta SOP Class
1.2.840.10008.5.1.1.18.1|ReferencedColorPrintManagementMeta|Referenced Color Print Management Meta SOP Class|retired
1.2.840.10008.5.1.1.32|PullStoredPrintManagementMeta|Pull Stored Print Management Meta SOP Class|retired
1.2.840.10008.5.1.4.32|GeneralPurposeWorklistManagementMeta|General Purpose Worklist Management Meta SOP Class|retired
`

/** Well-known instances, frames of reference, coding schemes and the rest of PS3.6 Annex A. */
export const OTHER_UIDS = `
1.2.840.10008.1.4.1.1|TalairachBrainAtlas|Talairach Brain Atlas Frame of Reference
1.2.840.10008.1.4.1.2|SPM2T1|SPM2 T1 Frame of Reference
1.2.840.10008.1.4.1.3|SPM2T2|SPM2 T2 Frame of Reference
1.2.840.10008.1.4.1.4|SPM2PD|SPM2 PD Frame of Reference
1.2.840.10008.1.4.1.5|SPM2EPI|SPM2 EPI Frame of Reference
1.2.840.10008.1.4.1.6|SPM2FILT1|SPM2 FIL T1 Frame of Reference
1.2.840.10008.1.4.1.7|SPM2PET|SPM2 PET Frame of Reference
1.2.840.10008.1.4.1.8|SPM2TRANSM|SPM2 TRANSM Frame of Reference
1.2.840.10008.1.4.1.9|SPM2SPECT|SPM2 SPECT Frame of Reference
1.2.840.10008.1.4.1.10|SPM2GRAY|SPM2 GRAY Frame of Reference
1.2.840.10008.1.4.1.11|SPM2WHITE|SPM2 WHITE Frame of Reference
1.2.840.10008.1.4.1.12|SPM2CSF|SPM2 CSF Frame of Reference
1.2.840.10008.1.4.1.13|SPM2BRAINMASK|SPM2 BRAINMASK Frame of Reference
1.2.840.10008.1.4.1.14|SPM2AVG305T1|SPM2 AVG305T1 Frame of Reference
1.2.840.10008.1.4.1.15|SPM2AVG152T1|SPM2 AVG152T1 Frame of Reference
1.2.840.10008.1.4.1.16|SPM2AVG152T2|SPM2 AVG152T2 Frame of Reference
1.2.840.10008.1.4.1.17|SPM2AVG152PD|SPM2 AVG152PD Frame of Reference
1.2.840.10008.1.4.1.18|SPM2SINGLESUBJT1|SPM2 SINGLESUBJT1 Frame of Reference
1.2.840.10008.1.4.2.1|ICBM452T1|ICBM 452 T1 Frame of Reference
1.2.840.10008.1.4.2.2|ICBMSingleSubjectMRI|ICBM Single Subject MRI Frame of Reference
1.2.840.10008.1.4.3.1|IEC61217FixedCoordinateSystem|IEC 61217 Fixed Coordinate System Frame of Reference
1.2.840.10008.1.4.3.2|StandardRoboticArmCoordinateSystem|Standard Robotic-Arm Coordinate System Frame of Reference
1.2.840.10008.1.4.3.3|IEC61217TableTopCoordinateSystem|IEC 61217 Table Top Coordinate System Frame of Reference
1.2.840.10008.1.4.4.1|SRI24|SRI24 Frame of Reference
1.2.840.10008.1.4.5.1|Colin27|Colin27 Frame of Reference
1.2.840.10008.1.4.6.1|LPBA40AIR|LPBA40/AIR Frame of Reference
1.2.840.10008.1.4.6.2|LPBA40FLIRT|LPBA40/FLIRT Frame of Reference
1.2.840.10008.1.4.6.3|LPBA40SPM5|LPBA40/SPM5 Frame of Reference
1.2.840.10008.1.5.1|HotIronPalette|Hot Iron Color Palette SOP Instance
1.2.840.10008.1.5.2|PETPalette|PET Color Palette SOP Instance
1.2.840.10008.1.5.3|HotMetalBluePalette|Hot Metal Blue Color Palette SOP Instance
1.2.840.10008.1.5.4|PET20StepPalette|PET 20 Step Color Palette SOP Instance
1.2.840.10008.1.5.5|SpringPalette|Spring Color Palette SOP Instance
1.2.840.10008.1.5.6|SummerPalette|Summer Color Palette SOP Instance
1.2.840.10008.1.5.7|FallPalette|Fall Color Palette SOP Instance
1.2.840.10008.1.5.8|WinterPalette|Winter Color Palette SOP Instance
1.2.840.10008.1.20.1.1|StorageCommitmentPushModelInstance|Storage Commitment Push Model SOP Instance
1.2.840.10008.1.20.2.1|StorageCommitmentPullModelInstance|Storage Commitment Pull Model SOP Instance|retired
1.2.840.10008.1.40.1|ProceduralEventLoggingInstance|Procedural Event Logging SOP Instance
1.2.840.10008.1.42.1|SubstanceAdministrationLoggingInstance|Substance Administration Logging SOP Instance
1.2.840.10008.2.6.1|DCMUID|DICOM UID Registry
1.2.840.10008.2.16.4|DCM|DICOM Controlled Terminology
1.2.840.10008.2.16.5|MA|Adult Mouse Anatomy Ontology
1.2.840.10008.2.16.6|UBERON|Uberon Ontology
1.2.840.10008.2.16.7|ITIS_TSN|Integrated Taxonomic Information System (ITIS) Taxonomic Serial Number (TSN)
1.2.840.10008.2.16.8|MGI|Mouse Genome Initiative (MGI)
1.2.840.10008.2.16.9|PUBCHEM_CID|PubChem Compound CID
1.2.840.10008.2.16.10|DC|Dublin Core
1.2.840.10008.2.16.11|NYUMCCG|New York University Melanoma Clinical Cooperative Group
1.2.840.10008.2.16.12|MAYONRISBSASRG|Mayo Clinic Non-radiological Images Specific Body Structure Anatomical Surface Region Guide
1.2.840.10008.2.16.13|IBSI|Image Biomarker Standardisation Initiative
1.2.840.10008.2.16.14|RO|Radiomics Ontology
1.2.840.10008.2.16.15|RADELEMENT|RadElement
1.2.840.10008.2.16.16|I11|ICD-11
1.2.840.10008.2.16.17|UNS|Unified numbering system (UNS) for metals and alloys
1.2.840.10008.2.16.18|RRID|Research Resource Identification
1.2.840.10008.3.1.1.1|DICOMApplicationContext|DICOM Application Context Name
1.2.840.10008.4.2|Storage|Storage Service Class
1.2.840.10008.5.1.1.17|PrinterInstance|Printer SOP Instance
1.2.840.10008.5.1.1.17.376|PrinterConfigurationRetrievalInstance|Printer Configuration Retrieval SOP Instance
1.2.840.10008.5.1.1.25|PrintQueue|Print Queue SOP Instance|retired
1.2.840.10008.5.1.1.40.1|DisplaySystemInstance|Display System SOP Instance
1.2.840.10008.5.1.4.1.1.201.1.1|StorageManagementInstance|Storage Management SOP Instance
1.2.840.10008.5.1.4.34.4|UnifiedWorklistAndProcedureStepTrial|Unified Worklist and Procedure Step Service Class - Trial|retired
1.2.840.10008.5.1.4.34.5|UPSGlobalSubscriptionInstance|UPS Global Subscription SOP Instance
1.2.840.10008.5.1.4.34.5.1|UPSFilteredGlobalSubscriptionInstance|UPS Filtered Global Subscription SOP Instance
1.2.840.10008.5.1.4.34.6|UnifiedWorklistAndProcedureStep|Unified Worklist and Procedure Step Service Class
1.2.840.10008.7.1.1|NativeDICOMModel|Native DICOM Model
1.2.840.10008.7.1.2|AbstractMultiDimensionalImageModel|Abstract Multi-Dimensional Image Model
1.2.840.10008.8.1.1|DICOMContentMappingResource|DICOM Content Mapping Resource
1.2.840.10008.15.1.1|UTC|Universal Coordinated Time
`

/** Keywords that the rule of the generator (words of the name joined) does not give (PS3.6 Table A-1). */
export const KEYWORDS: Readonly<Record<string, string>> = {
  '1.2.840.10008.5.1.4.1.1.9.1.1': 'TwelveLeadECGWaveformStorage',
  '1.2.840.10008.5.1.4.1.1.9.6.2': 'MultichannelRespiratoryWaveformStorage',
  '1.2.840.10008.5.1.4.1.1.77.1.5.8': 'OphthalmicOpticalCoherenceTomographyBscanVolumeAnalysisStorage',
  '1.2.840.10008.5.1.4.1.1.79.1': 'MacularGridThicknessAndVolumeReportStorage',
  '1.2.840.10008.1.3.10': 'MediaStorageDirectoryStorage',
}

/** Listed among the storage classes of sops.json, but never sent by C-STORE: DICOMDIR lives on media only (PS3.4 B.5). */
export const NOT_STORED = ['1.2.840.10008.1.3.10']
