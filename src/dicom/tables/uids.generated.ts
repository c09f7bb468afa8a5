/**
 * UIDs of PS3.6 Annex A: UID|kind|keyword|name, and |R when retired.
 *
 * Generated from ../shared/standard/sops.json and tools/tables-supplement.ts by `npm run generate`. Do not edit.
 */
export const UID_TABLE = `
1.2.840.10008.1.1|class|Verification|Verification SOP Class
1.2.840.10008.1.2|syntax|ImplicitVRLittleEndian|Implicit VR Little Endian
1.2.840.10008.1.2.1|syntax|ExplicitVRLittleEndian|Explicit VR Little Endian
1.2.840.10008.1.2.1.98|syntax|EncapsulatedUncompressedExplicitVRLittleEndian|Encapsulated Uncompressed Explicit VR Little Endian
1.2.840.10008.1.2.1.99|syntax|DeflatedExplicitVRLittleEndian|Deflated Explicit VR Little Endian
1.2.840.10008.1.2.2|syntax|ExplicitVRBigEndian|Explicit VR Big Endian|R
1.2.840.10008.1.2.4.50|syntax|JPEGBaseline8Bit|JPEG Baseline (Process 1)
1.2.840.10008.1.2.4.51|syntax|JPEGExtended12Bit|JPEG Extended (Process 2 and 4)
1.2.840.10008.1.2.4.52|syntax|JPEGExtended35|JPEG Extended (Process 3 and 5)|R
1.2.840.10008.1.2.4.53|syntax|JPEGSpectralSelectionNonHierarchical68|JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)|R
1.2.840.10008.1.2.4.54|syntax|JPEGSpectralSelectionNonHierarchical79|JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9)|R
1.2.840.10008.1.2.4.55|syntax|JPEGFullProgressionNonHierarchical1012|JPEG Full Progression, Non-Hierarchical (Process 10 and 12)|R
1.2.840.10008.1.2.4.56|syntax|JPEGFullProgressionNonHierarchical1113|JPEG Full Progression, Non-Hierarchical (Process 11 and 13)|R
1.2.840.10008.1.2.4.57|syntax|JPEGLossless|JPEG Lossless, Non-Hierarchical (Process 14)
1.2.840.10008.1.2.4.58|syntax|JPEGLosslessNonHierarchical15|JPEG Lossless, Non-Hierarchical (Process 15)|R
1.2.840.10008.1.2.4.59|syntax|JPEGExtendedHierarchical1618|JPEG Extended, Hierarchical (Process 16 and 18)|R
1.2.840.10008.1.2.4.60|syntax|JPEGExtendedHierarchical1719|JPEG Extended, Hierarchical (Process 17 and 19)|R
1.2.840.10008.1.2.4.61|syntax|JPEGSpectralSelectionHierarchical2022|JPEG Spectral Selection, Hierarchical (Process 20 and 22)|R
1.2.840.10008.1.2.4.62|syntax|JPEGSpectralSelectionHierarchical2123|JPEG Spectral Selection, Hierarchical (Process 21 and 23)|R
1.2.840.10008.1.2.4.63|syntax|JPEGFullProgressionHierarchical2426|JPEG Full Progression, Hierarchical (Process 24 and 26)|R
1.2.840.10008.1.2.4.64|syntax|JPEGFullProgressionHierarchical2527|JPEG Full Progression, Hierarchical (Process 25 and 27)|R
1.2.840.10008.1.2.4.65|syntax|JPEGLosslessHierarchical28|JPEG Lossless, Hierarchical (Process 28)|R
1.2.840.10008.1.2.4.66|syntax|JPEGLosslessHierarchical29|JPEG Lossless, Hierarchical (Process 29)|R
1.2.840.10008.1.2.4.70|syntax|JPEGLosslessSV1|JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])
1.2.840.10008.1.2.4.80|syntax|JPEGLSLossless|JPEG-LS Lossless Image Compression
1.2.840.10008.1.2.4.81|syntax|JPEGLSNearLossless|JPEG-LS Lossy (Near-Lossless) Image Compression
1.2.840.10008.1.2.4.90|syntax|JPEG2000Lossless|JPEG 2000 Image Compression (Lossless Only)
1.2.840.10008.1.2.4.91|syntax|JPEG2000|JPEG 2000 Image Compression
1.2.840.10008.1.2.4.92|syntax|JPEG2000MCLossless|JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)
1.2.840.10008.1.2.4.93|syntax|JPEG2000MC|JPEG 2000 Part 2 Multi-component Image Compression
1.2.840.10008.1.2.4.94|syntax|JPIPReferenced|JPIP Referenced
1.2.840.10008.1.2.4.95|syntax|JPIPReferencedDeflate|JPIP Referenced Deflate
1.2.840.10008.1.2.4.100|syntax|MPEG2MPML|MPEG2 Main Profile / Main Level
1.2.840.10008.1.2.4.100.1|syntax|MPEG2MPMLF|Fragmentable MPEG2 Main Profile / Main Level
1.2.840.10008.1.2.4.101|syntax|MPEG2MPHL|MPEG2 Main Profile / High Level
1.2.840.10008.1.2.4.101.1|syntax|MPEG2MPHLF|Fragmentable MPEG2 Main Profile / High Level
1.2.840.10008.1.2.4.102|syntax|MPEG4HP41|MPEG-4 AVC/H.264 High Profile / Level 4.1
1.2.840.10008.1.2.4.102.1|syntax|MPEG4HP41F|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1
1.2.840.10008.1.2.4.103|syntax|MPEG4HP41BD|MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1
1.2.840.10008.1.2.4.103.1|syntax|MPEG4HP41BDF|Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1
1.2.840.10008.1.2.4.104|syntax|MPEG4HP422D|MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video
1.2.840.10008.1.2.4.104.1|syntax|MPEG4HP422DF|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video
1.2.840.10008.1.2.4.105|syntax|MPEG4HP423D|MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video
1.2.840.10008.1.2.4.105.1|syntax|MPEG4HP423DF|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video
1.2.840.10008.1.2.4.106|syntax|MPEG4HP42STEREO|MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2
1.2.840.10008.1.2.4.106.1|syntax|MPEG4HP42STEREOF|Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2
1.2.840.10008.1.2.4.107|syntax|HEVCMP51|HEVC/H.265 Main Profile / Level 5.1
1.2.840.10008.1.2.4.108|syntax|HEVCM10P51|HEVC/H.265 Main 10 Profile / Level 5.1
1.2.840.10008.1.2.4.110|syntax|JPEGXLLossless|JPEG XL Lossless
1.2.840.10008.1.2.4.111|syntax|JPEGXLJPEGRecompression|JPEG XL JPEG Recompression
1.2.840.10008.1.2.4.112|syntax|JPEGXL|JPEG XL
1.2.840.10008.1.2.4.201|syntax|HTJ2KLossless|High-Throughput JPEG 2000 Image Compression (Lossless Only)
1.2.840.10008.1.2.4.202|syntax|HTJ2KLosslessRPCL|High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)
1.2.840.10008.1.2.4.203|syntax|HTJ2K|High-Throughput JPEG 2000 Image Compression
1.2.840.10008.1.2.4.204|syntax|JPIPHTJ2KReferenced|JPIP HTJ2K Referenced
1.2.840.10008.1.2.4.205|syntax|JPIPHTJ2KReferencedDeflate|JPIP HTJ2K Referenced Deflate
1.2.840.10008.1.2.5|syntax|RLELossless|RLE Lossless
1.2.840.10008.1.2.6.1|syntax|RFC2557MIMEEncapsulation|RFC 2557 MIME encapsulation|R
1.2.840.10008.1.2.6.2|syntax|XMLEncoding|XML Encoding|R
1.2.840.10008.1.2.7.1|syntax|SMPTEST211020UncompressedProgressiveActiveVideo|SMPTE ST 2110-20 Uncompressed Progressive Active Video
1.2.840.10008.1.2.7.2|syntax|SMPTEST211020UncompressedInterlacedActiveVideo|SMPTE ST 2110-20 Uncompressed Interlaced Active Video
1.2.840.10008.1.2.7.3|syntax|SMPTEST211030PCMDigitalAudio|SMPTE ST 2110-30 PCM Digital Audio
1.2.840.10008.1.2.8.1|syntax|DeflatedImageFrameCompression|Deflated Image Frame Compression
1.2.840.10008.1.3.10|class|MediaStorageDirectoryStorage|Media Storage Directory Storage
1.2.840.10008.1.4.1.1|other|TalairachBrainAtlas|Talairach Brain Atlas Frame of Reference
1.2.840.10008.1.4.1.2|other|SPM2T1|SPM2 T1 Frame of Reference
1.2.840.10008.1.4.1.3|other|SPM2T2|SPM2 T2 Frame of Reference
1.2.840.10008.1.4.1.4|other|SPM2PD|SPM2 PD Frame of Reference
1.2.840.10008.1.4.1.5|other|SPM2EPI|SPM2 EPI Frame of Reference
1.2.840.10008.1.4.1.6|other|SPM2FILT1|SPM2 FIL T1 Frame of Reference
1.2.840.10008.1.4.1.7|other|SPM2PET|SPM2 PET Frame of Reference
1.2.840.10008.1.4.1.8|other|SPM2TRANSM|SPM2 TRANSM Frame of Reference
1.2.840.10008.1.4.1.9|other|SPM2SPECT|SPM2 SPECT Frame of Reference
1.2.840.10008.1.4.1.10|other|SPM2GRAY|SPM2 GRAY Frame of Reference
1.2.840.10008.1.4.1.11|other|SPM2WHITE|SPM2 WHITE Frame of Reference
1.2.840.10008.1.4.1.12|other|SPM2CSF|SPM2 CSF Frame of Reference
1.2.840.10008.1.4.1.13|other|SPM2BRAINMASK|SPM2 BRAINMASK Frame of Reference
1.2.840.10008.1.4.1.14|other|SPM2AVG305T1|SPM2 AVG305T1 Frame of Reference
1.2.840.10008.1.4.1.15|other|SPM2AVG152T1|SPM2 AVG152T1 Frame of Reference
1.2.840.10008.1.4.1.16|other|SPM2AVG152T2|SPM2 AVG152T2 Frame of Reference
1.2.840.10008.1.4.1.17|other|SPM2AVG152PD|SPM2 AVG152PD Frame of Reference
1.2.840.10008.1.4.1.18|other|SPM2SINGLESUBJT1|SPM2 SINGLESUBJT1 Frame of Reference
1.2.840.10008.1.4.2.1|other|ICBM452T1|ICBM 452 T1 Frame of Reference
1.2.840.10008.1.4.2.2|other|ICBMSingleSubjectMRI|ICBM Single Subject MRI Frame of Reference
1.2.840.10008.1.4.3.1|other|IEC61217FixedCoordinateSystem|IEC 61217 Fixed Coordinate System Frame of Reference
1.2.840.10008.1.4.3.2|other|StandardRoboticArmCoordinateSystem|Standard Robotic-Arm Coordinate System Frame of Reference
1.2.840.10008.1.4.3.3|other|IEC61217TableTopCoordinateSystem|IEC 61217 Table Top Coordinate System Frame of Reference
1.2.840.10008.1.4.4.1|other|SRI24|SRI24 Frame of Reference
1.2.840.10008.1.4.5.1|other|Colin27|Colin27 Frame of Reference
1.2.840.10008.1.4.6.1|other|LPBA40AIR|LPBA40/AIR Frame of Reference
1.2.840.10008.1.4.6.2|other|LPBA40FLIRT|LPBA40/FLIRT Frame of Reference
1.2.840.10008.1.4.6.3|other|LPBA40SPM5|LPBA40/SPM5 Frame of Reference
1.2.840.10008.1.5.1|other|HotIronPalette|Hot Iron Color Palette SOP Instance
1.2.840.10008.1.5.2|other|PETPalette|PET Color Palette SOP Instance
1.2.840.10008.1.5.3|other|HotMetalBluePalette|Hot Metal Blue Color Palette SOP Instance
1.2.840.10008.1.5.4|other|PET20StepPalette|PET 20 Step Color Palette SOP Instance
1.2.840.10008.1.5.5|other|SpringPalette|Spring Color Palette SOP Instance
1.2.840.10008.1.5.6|other|SummerPalette|Summer Color Palette SOP Instance
1.2.840.10008.1.5.7|other|FallPalette|Fall Color Palette SOP Instance
1.2.840.10008.1.5.8|other|WinterPalette|Winter Color Palette SOP Instance
1.2.840.10008.1.9|class|BasicStudyContentNotification|Basic Study Content Notification SOP Class|R
1.2.840.10008.1.20|syntax|Papyrus3ImplicitVRLittleEndian|Papyrus 3 Implicit VR Little Endian|R
1.2.840.10008.1.20.1|class|StorageCommitmentPushModel|Storage Commitment Push Model SOP Class
1.2.840.10008.1.20.1.1|other|StorageCommitmentPushModelInstance|Storage Commitment Push Model SOP Instance
1.2.840.10008.1.20.2|class|StorageCommitmentPullModel|Storage Commitment Pull Model SOP Class|R
1.2.840.10008.1.20.2.1|other|StorageCommitmentPullModelInstance|Storage Commitment Pull Model SOP Instance|R
1.2.840.10008.1.40|class|ProceduralEventLogging|Procedural Event Logging SOP Class
1.2.840.10008.1.40.1|other|ProceduralEventLoggingInstance|Procedural Event Logging SOP Instance
1.2.840.10008.1.42|class|SubstanceAdministrationLogging|Substance Administration Logging SOP Class
1.2.840.10008.1.42.1|other|SubstanceAdministrationLoggingInstance|Substance Administration Logging SOP Instance
1.2.840.10008.2.6.1|other|DCMUID|DICOM UID Registry
1.2.840.10008.2.16.4|other|DCM|DICOM Controlled Terminology
1.2.840.10008.2.16.5|other|MA|Adult Mouse Anatomy Ontology
1.2.840.10008.2.16.6|other|UBERON|Uberon Ontology
1.2.840.10008.2.16.7|other|ITIS_TSN|Integrated Taxonomic Information System (ITIS) Taxonomic Serial Number (TSN)
1.2.840.10008.2.16.8|other|MGI|Mouse Genome Initiative (MGI)
1.2.840.10008.2.16.9|other|PUBCHEM_CID|PubChem Compound CID
1.2.840.10008.2.16.10|other|DC|Dublin Core
1.2.840.10008.2.16.11|other|NYUMCCG|New York University Melanoma Clinical Cooperative Group
1.2.840.10008.2.16.12|other|MAYONRISBSASRG|Mayo Clinic Non-radiological Images Specific Body Structure Anatomical Surface Region Guide
1.2.840.10008.2.16.13|other|IBSI|Image Biomarker Standardisation Initiative
1.2.840.10008.2.16.14|other|RO|Radiomics Ontology
1.2.840.10008.2.16.15|other|RADELEMENT|RadElement
1.2.840.10008.2.16.16|other|I11|ICD-11
1.2.840.10008.2.16.17|other|UNS|Unified numbering system (UNS) for metals and alloys
1.2.840.10008.2.16.18|other|RRID|Research Resource Identification
1.2.840.10008.3.1.1.1|other|DICOMApplicationContext|DICOM Application Context Name
1.2.840.10008.3.1.2.1.1|class|DetachedPatientManagement|Detached Patient Management SOP Class|R
1.2.840.10008.3.1.2.1.4|meta|DetachedPatientManagementMeta|Detached Patient Management Meta SOP Class|R
1.2.840.10008.3.1.2.2.1|class|DetachedVisitManagement|Detached Visit Management SOP Class|R
1.2.840.10008.3.1.2.3.1|class|DetachedStudyManagement|Detached Study Management SOP Class|R
1.2.840.10008.3.1.2.3.2|class|StudyComponentManagement|Study Component Management SOP Class|R
1.2.840.10008.3.1.2.3.3|class|ModalityPerformedProcedureStep|Modality Performed Procedure Step SOP Class
1.2.840.10008.3.1.2.3.4|class|ModalityPerformedProcedureStepRetrieve|Modality Performed Procedure Step Retrieve SOP Class
1.2.840.10008.3.1.2.3.5|class|ModalityPerformedProcedureStepNotification|Modality Performed Procedure Step Notification SOP Class
1.2.840.10008.3.1.2.5.1|class|DetachedResultsManagement|Detached Results Management SOP Class|R
1.2.840.10008.3.1.2.5.4|meta|DetachedResultsManagementMeta|Detached Results Management Meta SOP Class|R
1.2.840.10008.3.1.2.5.5|meta|DetachedStudyManagementMeta|Detached Study Management Meta SOP Class|R
1.2.840.10008.3.1.2.6.1|class|DetachedInterpretationManagement|Detached Interpretation Management SOP Class|R
1.2.840.10008.4.2|other|Storage|Storage Service Class
1.2.840.10008.5.1.1.1|class|BasicFilmSession|Basic Film Session SOP Class
1.2.840.10008.5.1.1.2|class|BasicFilmBox|Basic Film Box SOP Class
1.2.840.10008.5.1.1.4|class|BasicGrayscaleImageBox|Basic Grayscale Image Box SOP Class
1.2.840.10008.5.1.1.4.1|class|BasicColorImageBox|Basic Color Image Box SOP Class
1.2.840.10008.5.1.1.4.2|class|ReferencedImageBox|Referenced Image Box SOP Class|R
1.2.840.10008.5.1.1.9|meta|BasicGrayscalePrintManagementMeta|Basic Grayscale Print Management Meta SOP Class
1.2.840.10008.5.1.1.9.1|meta|ReferencedGrayscalePrintManagementMeta|Referenced Grayscale Print Management Meta SOP Class|R
1.2.840.10008.5.1.1.14|class|PrintJob|Print Job SOP Class
1.2.840.10008.5.1.1.15|class|BasicAnnotationBox|Basic Annotation Box SOP Class
1.2.840.10008.5.1.1.16|class|Printer|Printer SOP Class
1.2.840.10008.5.1.1.16.376|class|PrinterConfigurationRetrieval|Printer Configuration Retrieval SOP Class
1.2.840.10008.5.1.1.17|other|PrinterInstance|Printer SOP Instance
1.2.840.10008.5.1.1.17.376|other|PrinterConfigurationRetrievalInstance|Printer Configuration Retrieval SOP Instance
1.2.840.10008.5.1.1.18|meta|BasicColorPrintManagementMeta|Basic Color Print Management Meta SOP Class
1.2.840.10008.5.1.1.18.1|meta|ReferencedColorPrintManagementMeta|Referenced Color Print Management Meta SOP Class|R
1.2.840.10008.5.1.1.22|class|VOILUTBox|VOI LUT Box SOP Class
1.2.840.10008.5.1.1.23|class|PresentationLUT|Presentation LUT SOP Class
1.2.840.10008.5.1.1.24|class|ImageOverlayBox|Image Overlay Box SOP Class|R
1.2.840.10008.5.1.1.24.1|class|BasicPrintImageOverlayBox|Basic Print Image Overlay Box SOP Class|R
1.2.840.10008.5.1.1.25|other|PrintQueue|Print Queue SOP Instance|R
1.2.840.10008.5.1.1.26|class|PrintQueueManagement|Print Queue Management SOP Class|R
1.2.840.10008.5.1.1.27|storage|StoredPrintStorage|Stored Print Storage SOP Class|R
1.2.840.10008.5.1.1.29|storage|HardcopyGrayscaleImageStorage|Hardcopy Grayscale Image Storage SOP Class|R
1.2.840.10008.5.1.1.30|storage|HardcopyColorImageStorage|Hardcopy Color Image Storage SOP Class|R
1.2.840.10008.5.1.1.31|class|PullPrintRequest|Pull Print Request SOP Class|R
1.2.840.10008.5.1.1.32|meta|PullStoredPrintManagementMeta|Pull Stored Print Management Meta SOP Class|R
1.2.840.10008.5.1.1.33|class|MediaCreationManagement|Media Creation Management SOP Class
1.2.840.10008.5.1.1.40|class|DisplaySystem|Display System SOP Class
1.2.840.10008.5.1.1.40.1|other|DisplaySystemInstance|Display System SOP Instance
1.2.840.10008.5.1.4.1.1.1|storage|ComputedRadiographyImageStorage|Computed Radiography Image Storage
1.2.840.10008.5.1.4.1.1.1.1|storage|DigitalXRayImageStorageForPresentation|Digital X-Ray Image Storage - For Presentation
1.2.840.10008.5.1.4.1.1.1.1.1|storage|DigitalXRayImageStorageForProcessing|Digital X-Ray Image Storage - For Processing
1.2.840.10008.5.1.4.1.1.1.2|storage|DigitalMammographyXRayImageStorageForPresentation|Digital Mammography X-Ray Image Storage - For Presentation
1.2.840.10008.5.1.4.1.1.1.2.1|storage|DigitalMammographyXRayImageStorageForProcessing|Digital Mammography X-Ray Image Storage - For Processing
1.2.840.10008.5.1.4.1.1.1.3|storage|DigitalIntraOralXRayImageStorageForPresentation|Digital Intra-Oral X-Ray Image Storage - For Presentation
1.2.840.10008.5.1.4.1.1.1.3.1|storage|DigitalIntraOralXRayImageStorageForProcessing|Digital Intra-Oral X-Ray Image Storage - For Processing
1.2.840.10008.5.1.4.1.1.2|storage|CTImageStorage|CT Image Storage
1.2.840.10008.5.1.4.1.1.2.1|storage|EnhancedCTImageStorage|Enhanced CT Image Storage
1.2.840.10008.5.1.4.1.1.2.2|storage|LegacyConvertedEnhancedCTImageStorage|Legacy Converted Enhanced CT Image Storage
1.2.840.10008.5.1.4.1.1.3|storage|UltrasoundMultiFrameImageStorageRetired|Ultrasound Multi-frame Image Storage|R
1.2.840.10008.5.1.4.1.1.3.1|storage|UltrasoundMultiFrameImageStorage|Ultrasound Multi-frame Image Storage
1.2.840.10008.5.1.4.1.1.4|storage|MRImageStorage|MR Image Storage
1.2.840.10008.5.1.4.1.1.4.1|storage|EnhancedMRImageStorage|Enhanced MR Image Storage
1.2.840.10008.5.1.4.1.1.4.2|storage|MRSpectroscopyStorage|MR Spectroscopy Storage
1.2.840.10008.5.1.4.1.1.4.3|storage|EnhancedMRColorImageStorage|Enhanced MR Color Image Storage
1.2.840.10008.5.1.4.1.1.4.4|storage|LegacyConvertedEnhancedMRImageStorage|Legacy Converted Enhanced MR Image Storage
1.2.840.10008.5.1.4.1.1.5|storage|NuclearMedicineImageStorageRetired|Nuclear Medicine Image Storage|R
1.2.840.10008.5.1.4.1.1.6|storage|UltrasoundImageStorageRetired|Ultrasound Image Storage|R
1.2.840.10008.5.1.4.1.1.6.1|storage|UltrasoundImageStorage|Ultrasound Image Storage
1.2.840.10008.5.1.4.1.1.6.2|storage|EnhancedUSVolumeStorage|Enhanced US Volume Storage
1.2.840.10008.5.1.4.1.1.6.3|storage|PhotoacousticImageStorage|Photoacoustic Image Storage
1.2.840.10008.5.1.4.1.1.7|storage|SecondaryCaptureImageStorage|Secondary Capture Image Storage
1.2.840.10008.5.1.4.1.1.7.1|storage|MultiFrameSingleBitSecondaryCaptureImageStorage|Multi-frame Single Bit Secondary Capture Image Storage
1.2.840.10008.5.1.4.1.1.7.2|storage|MultiFrameGrayscaleByteSecondaryCaptureImageStorage|Multi-frame Grayscale Byte Secondary Capture Image Storage
1.2.840.10008.5.1.4.1.1.7.3|storage|MultiFrameGrayscaleWordSecondaryCaptureImageStorage|Multi-frame Grayscale Word Secondary Capture Image Storage
1.2.840.10008.5.1.4.1.1.7.4|storage|MultiFrameTrueColorSecondaryCaptureImageStorage|Multi-frame True Color Secondary Capture Image Storage
1.2.840.10008.5.1.4.1.1.8|storage|StandaloneOverlayStorage|Standalone Overlay Storage|R
1.2.840.10008.5.1.4.1.1.9|storage|StandaloneCurveStorage|Standalone Curve Storage|R
1.2.840.10008.5.1.4.1.1.9.1|storage|WaveformStorageTrial|Waveform Storage - Trial|R
1.2.840.10008.5.1.4.1.1.9.1.1|storage|TwelveLeadECGWaveformStorage|12-lead ECG Waveform Storage
1.2.840.10008.5.1.4.1.1.9.1.2|storage|GeneralECGWaveformStorage|General ECG Waveform Storage
1.2.840.10008.5.1.4.1.1.9.1.3|storage|AmbulatoryECGWaveformStorage|Ambulatory ECG Waveform Storage
1.2.840.10008.5.1.4.1.1.9.1.4|storage|General32BitECGWaveformStorage|General 32-bit ECG Waveform Storage
1.2.840.10008.5.1.4.1.1.9.2.1|storage|HemodynamicWaveformStorage|Hemodynamic Waveform Storage
1.2.840.10008.5.1.4.1.1.9.3.1|storage|CardiacElectrophysiologyWaveformStorage|Cardiac Electrophysiology Waveform Storage
1.2.840.10008.5.1.4.1.1.9.4.1|storage|BasicVoiceAudioWaveformStorage|Basic Voice Audio Waveform Storage
1.2.840.10008.5.1.4.1.1.9.4.2|storage|GeneralAudioWaveformStorage|General Audio Waveform Storage
1.2.840.10008.5.1.4.1.1.9.5.1|storage|ArterialPulseWaveformStorage|Arterial Pulse Waveform Storage
1.2.840.10008.5.1.4.1.1.9.6.1|storage|RespiratoryWaveformStorage|Respiratory Waveform Storage
1.2.840.10008.5.1.4.1.1.9.6.2|storage|MultichannelRespiratoryWaveformStorage|Multi-channel Respiratory Waveform Storage
1.2.840.10008.5.1.4.1.1.9.7.1|storage|RoutineScalpElectroencephalogramWaveformStorage|Routine Scalp Electroencephalogram Waveform Storage
1.2.840.10008.5.1.4.1.1.9.7.2|storage|ElectromyogramWaveformStorage|Electromyogram Waveform Storage
1.2.840.10008.5.1.4.1.1.9.7.3|storage|ElectrooculogramWaveformStorage|Electrooculogram Waveform Storage
1.2.840.10008.5.1.4.1.1.9.7.4|storage|SleepElectroencephalogramWaveformStorage|Sleep Electroencephalogram Waveform Storage
1.2.840.10008.5.1.4.1.1.9.8.1|storage|BodyPositionWaveformStorage|Body Position Waveform Storage
1.2.840.10008.5.1.4.1.1.9.100.1|storage|WaveformPresentationStateStorage|Waveform Presentation State Storage
1.2.840.10008.5.1.4.1.1.9.100.2|storage|WaveformAcquisitionPresentationStateStorage|Waveform Acquisition Presentation State Storage
1.2.840.10008.5.1.4.1.1.10|storage|StandaloneModalityLUTStorage|Standalone Modality LUT Storage|R
1.2.840.10008.5.1.4.1.1.11|storage|StandaloneVOILUTStorage|Standalone VOI LUT Storage|R
1.2.840.10008.5.1.4.1.1.11.1|storage|GrayscaleSoftcopyPresentationStateStorage|Grayscale Softcopy Presentation State Storage
1.2.840.10008.5.1.4.1.1.11.2|storage|ColorSoftcopyPresentationStateStorage|Color Softcopy Presentation State Storage
1.2.840.10008.5.1.4.1.1.11.3|storage|PseudoColorSoftcopyPresentationStateStorage|Pseudo-Color Softcopy Presentation State Storage
1.2.840.10008.5.1.4.1.1.11.4|storage|BlendingSoftcopyPresentationStateStorage|Blending Softcopy Presentation State Storage
1.2.840.10008.5.1.4.1.1.11.5|storage|XAXRFGrayscaleSoftcopyPresentationStateStorage|XA/XRF Grayscale Softcopy Presentation State Storage
1.2.840.10008.5.1.4.1.1.11.6|storage|GrayscalePlanarMPRVolumetricPresentationStateStorage|Grayscale Planar MPR Volumetric Presentation State Storage
1.2.840.10008.5.1.4.1.1.11.7|storage|CompositingPlanarMPRVolumetricPresentationStateStorage|Compositing Planar MPR Volumetric Presentation State Storage
1.2.840.10008.5.1.4.1.1.11.8|storage|AdvancedBlendingPresentationStateStorage|Advanced Blending Presentation State Storage
1.2.840.10008.5.1.4.1.1.11.9|storage|VolumeRenderingVolumetricPresentationStateStorage|Volume Rendering Volumetric Presentation State Storage
1.2.840.10008.5.1.4.1.1.11.10|storage|SegmentedVolumeRenderingVolumetricPresentationStateStorage|Segmented Volume Rendering Volumetric Presentation State Storage
1.2.840.10008.5.1.4.1.1.11.11|storage|MultipleVolumeRenderingVolumetricPresentationStateStorage|Multiple Volume Rendering Volumetric Presentation State Storage
1.2.840.10008.5.1.4.1.1.11.12|storage|VariableModalityLUTSoftcopyPresentationStateStorage|Variable Modality LUT Softcopy Presentation State Storage
1.2.840.10008.5.1.4.1.1.12.1|storage|XRayAngiographicImageStorage|X-Ray Angiographic Image Storage
1.2.840.10008.5.1.4.1.1.12.1.1|storage|EnhancedXAImageStorage|Enhanced XA Image Storage
1.2.840.10008.5.1.4.1.1.12.2|storage|XRayRadiofluoroscopicImageStorage|X-Ray Radiofluoroscopic Image Storage
1.2.840.10008.5.1.4.1.1.12.2.1|storage|EnhancedXRFImageStorage|Enhanced XRF Image Storage
1.2.840.10008.5.1.4.1.1.12.3|storage|XRayAngiographicBiPlaneImageStorage|X-Ray Angiographic Bi-Plane Image Storage|R
1.2.840.10008.5.1.4.1.1.13.1.1|storage|XRay3DAngiographicImageStorage|X-Ray 3D Angiographic Image Storage
1.2.840.10008.5.1.4.1.1.13.1.2|storage|XRay3DCraniofacialImageStorage|X-Ray 3D Craniofacial Image Storage
1.2.840.10008.5.1.4.1.1.13.1.3|storage|BreastTomosynthesisImageStorage|Breast Tomosynthesis Image Storage
1.2.840.10008.5.1.4.1.1.13.1.4|storage|BreastProjectionXRayImageStorageForPresentation|Breast Projection X-Ray Image Storage - For Presentation
1.2.840.10008.5.1.4.1.1.13.1.5|storage|BreastProjectionXRayImageStorageForProcessing|Breast Projection X-Ray Image Storage - For Processing
1.2.840.10008.5.1.4.1.1.14.1|storage|IntravascularOpticalCoherenceTomographyImageStorageForPresentation|Intravascular Optical Coherence Tomography Image Storage - For Presentation
1.2.840.10008.5.1.4.1.1.14.2|storage|IntravascularOpticalCoherenceTomographyImageStorageForProcessing|Intravascular Optical Coherence Tomography Image Storage - For Processing
1.2.840.10008.5.1.4.1.1.20|storage|NuclearMedicineImageStorage|Nuclear Medicine Image Storage
1.2.840.10008.5.1.4.1.1.30|storage|ParametricMapStorage|Parametric Map Storage
1.2.840.10008.5.1.4.1.1.66|storage|RawDataStorage|Raw Data Storage
1.2.840.10008.5.1.4.1.1.66.1|storage|SpatialRegistrationStorage|Spatial Registration Storage
1.2.840.10008.5.1.4.1.1.66.2|storage|SpatialFiducialsStorage|Spatial Fiducials Storage
1.2.840.10008.5.1.4.1.1.66.3|storage|DeformableSpatialRegistrationStorage|Deformable Spatial Registration Storage
1.2.840.10008.5.1.4.1.1.66.4|storage|SegmentationStorage|Segmentation Storage
1.2.840.10008.5.1.4.1.1.66.5|storage|SurfaceSegmentationStorage|Surface Segmentation Storage
1.2.840.10008.5.1.4.1.1.66.6|storage|TractographyResultsStorage|Tractography Results Storage
1.2.840.10008.5.1.4.1.1.66.7|storage|LabelMapSegmentationStorage|Label Map Segmentation Storage
1.2.840.10008.5.1.4.1.1.66.8|storage|HeightMapSegmentationStorage|Height Map Segmentation Storage
1.2.840.10008.5.1.4.1.1.67|storage|RealWorldValueMappingStorage|Real World Value Mapping Storage
1.2.840.10008.5.1.4.1.1.68.1|storage|SurfaceScanMeshStorage|Surface Scan Mesh Storage
1.2.840.10008.5.1.4.1.1.68.2|storage|SurfaceScanPointCloudStorage|Surface Scan Point Cloud Storage
1.2.840.10008.5.1.4.1.1.77.1|storage|VLImageStorageTrial|VL Image Storage - Trial|R
1.2.840.10008.5.1.4.1.1.77.1.1|storage|VLEndoscopicImageStorage|VL Endoscopic Image Storage
1.2.840.10008.5.1.4.1.1.77.1.1.1|storage|VideoEndoscopicImageStorage|Video Endoscopic Image Storage
1.2.840.10008.5.1.4.1.1.77.1.2|storage|VLMicroscopicImageStorage|VL Microscopic Image Storage
1.2.840.10008.5.1.4.1.1.77.1.2.1|storage|VideoMicroscopicImageStorage|Video Microscopic Image Storage
1.2.840.10008.5.1.4.1.1.77.1.3|storage|VLSlideCoordinatesMicroscopicImageStorage|VL Slide-Coordinates Microscopic Image Storage
1.2.840.10008.5.1.4.1.1.77.1.4|storage|VLPhotographicImageStorage|VL Photographic Image Storage
1.2.840.10008.5.1.4.1.1.77.1.4.1|storage|VideoPhotographicImageStorage|Video Photographic Image Storage
1.2.840.10008.5.1.4.1.1.77.1.5.1|storage|OphthalmicPhotography8BitImageStorage|Ophthalmic Photography 8 Bit Image Storage
1.2.840.10008.5.1.4.1.1.77.1.5.2|storage|OphthalmicPhotography16BitImageStorage|Ophthalmic Photography 16 Bit Image Storage
1.2.840.10008.5.1.4.1.1.77.1.5.3|storage|StereometricRelationshipStorage|Stereometric Relationship Storage
1.2.840.10008.5.1.4.1.1.77.1.5.4|storage|OphthalmicTomographyImageStorage|Ophthalmic Tomography Image Storage
1.2.840.10008.5.1.4.1.1.77.1.5.5|storage|WideFieldOphthalmicPhotographyStereographicProjectionImageStorage|Wide Field Ophthalmic Photography Stereographic Projection Image Storage
1.2.840.10008.5.1.4.1.1.77.1.5.6|storage|WideFieldOphthalmicPhotography3DCoordinatesImageStorage|Wide Field Ophthalmic Photography 3D Coordinates Image Storage
1.2.840.10008.5.1.4.1.1.77.1.5.7|storage|OphthalmicOpticalCoherenceTomographyEnFaceImageStorage|Ophthalmic Optical Coherence Tomography En Face Image Storage
1.2.840.10008.5.1.4.1.1.77.1.5.8|storage|OphthalmicOpticalCoherenceTomographyBscanVolumeAnalysisStorage|Ophthalmic Optical Coherence Tomography B-scan Volume Analysis Storage
1.2.840.10008.5.1.4.1.1.77.1.6|storage|VLWholeSlideMicroscopyImageStorage|VL Whole Slide Microscopy Image Storage
1.2.840.10008.5.1.4.1.1.77.1.7|storage|DermoscopicPhotographyImageStorage|Dermoscopic Photography Image Storage
1.2.840.10008.5.1.4.1.1.77.1.8|storage|ConfocalMicroscopyImageStorage|Confocal Microscopy Image Storage
1.2.840.10008.5.1.4.1.1.77.1.9|storage|ConfocalMicroscopyTiledPyramidalImageStorage|Confocal Microscopy Tiled Pyramidal Image Storage
1.2.840.10008.5.1.4.1.1.77.2|storage|VLMultiFrameImageStorageTrial|VL Multi-frame Image Storage - Trial|R
1.2.840.10008.5.1.4.1.1.78.1|storage|LensometryMeasurementsStorage|Lensometry Measurements Storage
1.2.840.10008.5.1.4.1.1.78.2|storage|AutorefractionMeasurementsStorage|Autorefraction Measurements Storage
1.2.840.10008.5.1.4.1.1.78.3|storage|KeratometryMeasurementsStorage|Keratometry Measurements Storage
1.2.840.10008.5.1.4.1.1.78.4|storage|SubjectiveRefractionMeasurementsStorage|Subjective Refraction Measurements Storage
1.2.840.10008.5.1.4.1.1.78.5|storage|VisualAcuityMeasurementsStorage|Visual Acuity Measurements Storage
1.2.840.10008.5.1.4.1.1.78.6|storage|SpectaclePrescriptionReportStorage|Spectacle Prescription Report Storage
1.2.840.10008.5.1.4.1.1.78.7|storage|OphthalmicAxialMeasurementsStorage|Ophthalmic Axial Measurements Storage
1.2.840.10008.5.1.4.1.1.78.8|storage|IntraocularLensCalculationsStorage|Intraocular Lens Calculations Storage
1.2.840.10008.5.1.4.1.1.79.1|storage|MacularGridThicknessAndVolumeReportStorage|Macular Grid Thickness and Volume Report
1.2.840.10008.5.1.4.1.1.80.1|storage|OphthalmicVisualFieldStaticPerimetryMeasurementsStorage|Ophthalmic Visual Field Static Perimetry Measurements Storage
1.2.840.10008.5.1.4.1.1.81.1|storage|OphthalmicThicknessMapStorage|Ophthalmic Thickness Map Storage
1.2.840.10008.5.1.4.1.1.82.1|storage|CornealTopographyMapStorage|Corneal Topography Map Storage
1.2.840.10008.5.1.4.1.1.88.1|storage|TextSRStorageTrial|Text SR Storage - Trial|R
1.2.840.10008.5.1.4.1.1.88.2|storage|AudioSRStorageTrial|Audio SR Storage - Trial|R
1.2.840.10008.5.1.4.1.1.88.3|storage|DetailSRStorageTrial|Detail SR Storage - Trial|R
1.2.840.10008.5.1.4.1.1.88.4|storage|ComprehensiveSRStorageTrial|Comprehensive SR Storage - Trial|R
1.2.840.10008.5.1.4.1.1.88.11|storage|BasicTextSRStorage|Basic Text SR Storage
1.2.840.10008.5.1.4.1.1.88.22|storage|EnhancedSRStorage|Enhanced SR Storage
1.2.840.10008.5.1.4.1.1.88.33|storage|ComprehensiveSRStorage|Comprehensive SR Storage
1.2.840.10008.5.1.4.1.1.88.34|storage|Comprehensive3DSRStorage|Comprehensive 3D SR Storage
1.2.840.10008.5.1.4.1.1.88.35|storage|ExtensibleSRStorage|Extensible SR Storage
1.2.840.10008.5.1.4.1.1.88.40|storage|ProcedureLogStorage|Procedure Log Storage
1.2.840.10008.5.1.4.1.1.88.50|storage|MammographyCADSRStorage|Mammography CAD SR Storage
1.2.840.10008.5.1.4.1.1.88.59|storage|KeyObjectSelectionDocumentStorage|Key Object Selection Document Storage
1.2.840.10008.5.1.4.1.1.88.65|storage|ChestCADSRStorage|Chest CAD SR Storage
1.2.840.10008.5.1.4.1.1.88.67|storage|XRayRadiationDoseSRStorage|X-Ray Radiation Dose SR Storage
1.2.840.10008.5.1.4.1.1.88.68|storage|RadiopharmaceuticalRadiationDoseSRStorage|Radiopharmaceutical Radiation Dose SR Storage
1.2.840.10008.5.1.4.1.1.88.69|storage|ColonCADSRStorage|Colon CAD SR Storage
1.2.840.10008.5.1.4.1.1.88.70|storage|ImplantationPlanSRStorage|Implantation Plan SR Storage
1.2.840.10008.5.1.4.1.1.88.71|storage|AcquisitionContextSRStorage|Acquisition Context SR Storage
1.2.840.10008.5.1.4.1.1.88.72|storage|SimplifiedAdultEchoSRStorage|Simplified Adult Echo SR Storage
1.2.840.10008.5.1.4.1.1.88.73|storage|PatientRadiationDoseSRStorage|Patient Radiation Dose SR Storage
1.2.840.10008.5.1.4.1.1.88.74|storage|PlannedImagingAgentAdministrationSRStorage|Planned Imaging Agent Administration SR Storage
1.2.840.10008.5.1.4.1.1.88.75|storage|PerformedImagingAgentAdministrationSRStorage|Performed Imaging Agent Administration SR Storage
1.2.840.10008.5.1.4.1.1.88.76|storage|EnhancedXRayRadiationDoseSRStorage|Enhanced X-Ray Radiation Dose SR Storage
1.2.840.10008.5.1.4.1.1.88.77|storage|WaveformAnnotationSRStorage|Waveform Annotation SR Storage
1.2.840.10008.5.1.4.1.1.90.1|storage|ContentAssessmentResultsStorage|Content Assessment Results Storage
1.2.840.10008.5.1.4.1.1.91.1|storage|MicroscopyBulkSimpleAnnotationsStorage|Microscopy Bulk Simple Annotations Storage
1.2.840.10008.5.1.4.1.1.104.1|storage|EncapsulatedPDFStorage|Encapsulated PDF Storage
1.2.840.10008.5.1.4.1.1.104.2|storage|EncapsulatedCDAStorage|Encapsulated CDA Storage
1.2.840.10008.5.1.4.1.1.104.3|storage|EncapsulatedSTLStorage|Encapsulated STL Storage
1.2.840.10008.5.1.4.1.1.104.4|storage|EncapsulatedOBJStorage|Encapsulated OBJ Storage
1.2.840.10008.5.1.4.1.1.104.5|storage|EncapsulatedMTLStorage|Encapsulated MTL Storage
1.2.840.10008.5.1.4.1.1.128|storage|PositronEmissionTomographyImageStorage|Positron Emission Tomography Image Storage
1.2.840.10008.5.1.4.1.1.128.1|storage|LegacyConvertedEnhancedPETImageStorage|Legacy Converted Enhanced PET Image Storage
1.2.840.10008.5.1.4.1.1.129|storage|StandalonePETCurveStorage|Standalone PET Curve Storage|R
1.2.840.10008.5.1.4.1.1.130|storage|EnhancedPETImageStorage|Enhanced PET Image Storage
1.2.840.10008.5.1.4.1.1.131|storage|BasicStructuredDisplayStorage|Basic Structured Display Storage
1.2.840.10008.5.1.4.1.1.200.1|storage|CTDefinedProcedureProtocolStorage|CT Defined Procedure Protocol Storage
1.2.840.10008.5.1.4.1.1.200.2|storage|CTPerformedProcedureProtocolStorage|CT Performed Procedure Protocol Storage
1.2.840.10008.5.1.4.1.1.200.3|storage|ProtocolApprovalStorage|Protocol Approval Storage
1.2.840.10008.5.1.4.1.1.200.4|class|ProtocolApprovalInformationModelFind|Protocol Approval Information Model - FIND
1.2.840.10008.5.1.4.1.1.200.5|class|ProtocolApprovalInformationModelMove|Protocol Approval Information Model - MOVE
1.2.840.10008.5.1.4.1.1.200.6|class|ProtocolApprovalInformationModelGet|Protocol Approval Information Model - GET
1.2.840.10008.5.1.4.1.1.200.7|storage|XADefinedProcedureProtocolStorage|XA Defined Procedure Protocol Storage
1.2.840.10008.5.1.4.1.1.200.8|storage|XAPerformedProcedureProtocolStorage|XA Performed Procedure Protocol Storage
1.2.840.10008.5.1.4.1.1.201.1|storage|InventoryStorage|Inventory Storage
1.2.840.10008.5.1.4.1.1.201.1.1|other|StorageManagementInstance|Storage Management SOP Instance
1.2.840.10008.5.1.4.1.1.201.2|class|InventoryFind|Inventory - FIND
1.2.840.10008.5.1.4.1.1.201.3|class|InventoryMove|Inventory - MOVE
1.2.840.10008.5.1.4.1.1.201.4|class|InventoryGet|Inventory - GET
1.2.840.10008.5.1.4.1.1.201.5|class|InventoryCreation|Inventory Creation
1.2.840.10008.5.1.4.1.1.201.6|class|RepositoryQuery|Repository Query
1.2.840.10008.5.1.4.1.1.481.1|storage|RTImageStorage|RT Image Storage
1.2.840.10008.5.1.4.1.1.481.2|storage|RTDoseStorage|RT Dose Storage
1.2.840.10008.5.1.4.1.1.481.3|storage|RTStructureSetStorage|RT Structure Set Storage
1.2.840.10008.5.1.4.1.1.481.4|storage|RTBeamsTreatmentRecordStorage|RT Beams Treatment Record Storage
1.2.840.10008.5.1.4.1.1.481.5|storage|RTPlanStorage|RT Plan Storage
1.2.840.10008.5.1.4.1.1.481.6|storage|RTBrachyTreatmentRecordStorage|RT Brachy Treatment Record Storage
1.2.840.10008.5.1.4.1.1.481.7|storage|RTTreatmentSummaryRecordStorage|RT Treatment Summary Record Storage
1.2.840.10008.5.1.4.1.1.481.8|storage|RTIonPlanStorage|RT Ion Plan Storage
1.2.840.10008.5.1.4.1.1.481.9|storage|RTIonBeamsTreatmentRecordStorage|RT Ion Beams Treatment Record Storage
1.2.840.10008.5.1.4.1.1.481.10|storage|RTPhysicianIntentStorage|RT Physician Intent Storage
1.2.840.10008.5.1.4.1.1.481.11|storage|RTSegmentAnnotationStorage|RT Segment Annotation Storage
1.2.840.10008.5.1.4.1.1.481.12|storage|RTRadiationSetStorage|RT Radiation Set Storage
1.2.840.10008.5.1.4.1.1.481.13|storage|CArmPhotonElectronRadiationStorage|C-Arm Photon-Electron Radiation Storage
1.2.840.10008.5.1.4.1.1.481.14|storage|TomotherapeuticRadiationStorage|Tomotherapeutic Radiation Storage
1.2.840.10008.5.1.4.1.1.481.15|storage|RoboticArmRadiationStorage|Robotic-Arm Radiation Storage
1.2.840.10008.5.1.4.1.1.481.16|storage|RTRadiationRecordSetStorage|RT Radiation Record Set Storage
1.2.840.10008.5.1.4.1.1.481.17|storage|RTRadiationSalvageRecordStorage|RT Radiation Salvage Record Storage
1.2.840.10008.5.1.4.1.1.481.18|storage|TomotherapeuticRadiationRecordStorage|Tomotherapeutic Radiation Record Storage
1.2.840.10008.5.1.4.1.1.481.19|storage|CArmPhotonElectronRadiationRecordStorage|C-Arm Photon-Electron Radiation Record Storage
1.2.840.10008.5.1.4.1.1.481.20|storage|RoboticRadiationRecordStorage|Robotic Radiation Record Storage
1.2.840.10008.5.1.4.1.1.481.21|storage|RTRadiationSetDeliveryInstructionStorage|RT Radiation Set Delivery Instruction Storage
1.2.840.10008.5.1.4.1.1.481.22|storage|RTTreatmentPreparationStorage|RT Treatment Preparation Storage
1.2.840.10008.5.1.4.1.1.481.23|storage|EnhancedRTImageStorage|Enhanced RT Image Storage
1.2.840.10008.5.1.4.1.1.481.24|storage|EnhancedContinuousRTImageStorage|Enhanced Continuous RT Image Storage
1.2.840.10008.5.1.4.1.1.481.25|storage|RTPatientPositionAcquisitionInstructionStorage|RT Patient Position Acquisition Instruction Storage
1.2.840.10008.5.1.4.1.1.501.1|storage|DICOSCTImageStorage|DICOS CT Image Storage
1.2.840.10008.5.1.4.1.1.501.2.1|storage|DICOSDigitalXRayImageStorageForPresentation|DICOS Digital X-Ray Image Storage - For Presentation
1.2.840.10008.5.1.4.1.1.501.2.2|storage|DICOSDigitalXRayImageStorageForProcessing|DICOS Digital X-Ray Image Storage - For Processing
1.2.840.10008.5.1.4.1.1.501.3|storage|DICOSThreatDetectionReportStorage|DICOS Threat Detection Report Storage
1.2.840.10008.5.1.4.1.1.501.4|storage|DICOS2DAITStorage|DICOS 2D AIT Storage
1.2.840.10008.5.1.4.1.1.501.5|storage|DICOS3DAITStorage|DICOS 3D AIT Storage
1.2.840.10008.5.1.4.1.1.501.6|storage|DICOSQuadrupoleResonanceStorage|DICOS Quadrupole Resonance (QR) Storage
1.2.840.10008.5.1.4.1.1.601.1|storage|EddyCurrentImageStorage|Eddy Current Image Storage
1.2.840.10008.5.1.4.1.1.601.2|storage|EddyCurrentMultiFrameImageStorage|Eddy Current Multi-frame Image Storage
1.2.840.10008.5.1.4.1.2.1.1|class|PatientRootQueryRetrieveInformationModelFind|Patient Root Query/Retrieve Information Model - FIND
1.2.840.10008.5.1.4.1.2.1.2|class|PatientRootQueryRetrieveInformationModelMove|Patient Root Query/Retrieve Information Model - MOVE
1.2.840.10008.5.1.4.1.2.1.3|class|PatientRootQueryRetrieveInformationModelGet|Patient Root Query/Retrieve Information Model - GET
1.2.840.10008.5.1.4.1.2.2.1|class|StudyRootQueryRetrieveInformationModelFind|Study Root Query/Retrieve Information Model - FIND
1.2.840.10008.5.1.4.1.2.2.2|class|StudyRootQueryRetrieveInformationModelMove|Study Root Query/Retrieve Information Model - MOVE
1.2.840.10008.5.1.4.1.2.2.3|class|StudyRootQueryRetrieveInformationModelGet|Study Root Query/Retrieve Information Model - GET
1.2.840.10008.5.1.4.1.2.3.1|class|PatientStudyOnlyQueryRetrieveInformationModelFind|Patient/Study Only Query/Retrieve Information Model - FIND|R
1.2.840.10008.5.1.4.1.2.3.2|class|PatientStudyOnlyQueryRetrieveInformationModelMove|Patient/Study Only Query/Retrieve Information Model - MOVE|R
1.2.840.10008.5.1.4.1.2.3.3|class|PatientStudyOnlyQueryRetrieveInformationModelGet|Patient/Study Only Query/Retrieve Information Model - GET|R
1.2.840.10008.5.1.4.1.2.4.2|class|CompositeInstanceRootRetrieveMove|Composite Instance Root Retrieve - MOVE
1.2.840.10008.5.1.4.1.2.4.3|class|CompositeInstanceRootRetrieveGet|Composite Instance Root Retrieve - GET
1.2.840.10008.5.1.4.1.2.5.3|class|CompositeInstanceRetrieveWithoutBulkDataGet|Composite Instance Retrieve Without Bulk Data - GET
1.2.840.10008.5.1.4.20.1|class|DefinedProcedureProtocolInformationModelFind|Defined Procedure Protocol Information Model - FIND
1.2.840.10008.5.1.4.20.2|class|DefinedProcedureProtocolInformationModelMove|Defined Procedure Protocol Information Model - MOVE
1.2.840.10008.5.1.4.20.3|class|DefinedProcedureProtocolInformationModelGet|Defined Procedure Protocol Information Model - GET
1.2.840.10008.5.1.4.31|class|ModalityWorklistInformationModelFind|Modality Worklist Information Model - FIND
1.2.840.10008.5.1.4.32|meta|GeneralPurposeWorklistManagementMeta|General Purpose Worklist Management Meta SOP Class|R
1.2.840.10008.5.1.4.32.1|class|GeneralPurposeWorklistInformationModelFind|General Purpose Worklist Information Model - FIND|R
1.2.840.10008.5.1.4.32.2|class|GeneralPurposeScheduledProcedureStep|General Purpose Scheduled Procedure Step SOP Class|R
1.2.840.10008.5.1.4.32.3|class|GeneralPurposePerformedProcedureStep|General Purpose Performed Procedure Step SOP Class|R
1.2.840.10008.5.1.4.33|class|InstanceAvailabilityNotification|Instance Availability Notification SOP Class
1.2.840.10008.5.1.4.34.1|storage|RTBeamsDeliveryInstructionStorageTrial|RT Beams Delivery Instruction Storage - Trial|R
1.2.840.10008.5.1.4.34.2|class|RTConventionalMachineVerificationTrial|RT Conventional Machine Verification - Trial|R
1.2.840.10008.5.1.4.34.3|class|RTIonMachineVerificationTrial|RT Ion Machine Verification - Trial|R
1.2.840.10008.5.1.4.34.4|other|UnifiedWorklistAndProcedureStepTrial|Unified Worklist and Procedure Step Service Class - Trial|R
1.2.840.10008.5.1.4.34.4.1|class|UnifiedProcedureStepPushTrial|Unified Procedure Step - Push SOP Class - Trial|R
1.2.840.10008.5.1.4.34.4.2|class|UnifiedProcedureStepWatchTrial|Unified Procedure Step - Watch SOP Class - Trial|R
1.2.840.10008.5.1.4.34.4.3|class|UnifiedProcedureStepPullTrial|Unified Procedure Step - Pull SOP Class - Trial|R
1.2.840.10008.5.1.4.34.4.4|class|UnifiedProcedureStepEventTrial|Unified Procedure Step - Event SOP Class - Trial|R
1.2.840.10008.5.1.4.34.5|other|UPSGlobalSubscriptionInstance|UPS Global Subscription SOP Instance
1.2.840.10008.5.1.4.34.5.1|other|UPSFilteredGlobalSubscriptionInstance|UPS Filtered Global Subscription SOP Instance
1.2.840.10008.5.1.4.34.6|other|UnifiedWorklistAndProcedureStep|Unified Worklist and Procedure Step Service Class
1.2.840.10008.5.1.4.34.6.1|class|UnifiedProcedureStepPush|Unified Procedure Step - Push SOP Class
1.2.840.10008.5.1.4.34.6.2|class|UnifiedProcedureStepWatch|Unified Procedure Step - Watch SOP Class
1.2.840.10008.5.1.4.34.6.3|class|UnifiedProcedureStepPull|Unified Procedure Step - Pull SOP Class
1.2.840.10008.5.1.4.34.6.4|class|UnifiedProcedureStepEvent|Unified Procedure Step - Event SOP Class
1.2.840.10008.5.1.4.34.6.5|class|UnifiedProcedureStepQuery|Unified Procedure Step - Query SOP Class
1.2.840.10008.5.1.4.34.7|storage|RTBeamsDeliveryInstructionStorage|RT Beams Delivery Instruction Storage
1.2.840.10008.5.1.4.34.8|class|RTConventionalMachineVerification|RT Conventional Machine Verification
1.2.840.10008.5.1.4.34.9|class|RTIonMachineVerification|RT Ion Machine Verification
1.2.840.10008.5.1.4.34.10|storage|RTBrachyApplicationSetupDeliveryInstructionStorage|RT Brachy Application Setup Delivery Instruction Storage
1.2.840.10008.5.1.4.37.1|class|GeneralRelevantPatientInformationQuery|General Relevant Patient Information Query
1.2.840.10008.5.1.4.37.2|class|BreastImagingRelevantPatientInformationQuery|Breast Imaging Relevant Patient Information Query
1.2.840.10008.5.1.4.37.3|class|CardiacRelevantPatientInformationQuery|Cardiac Relevant Patient Information Query
1.2.840.10008.5.1.4.38.1|storage|HangingProtocolStorage|Hanging Protocol Storage
1.2.840.10008.5.1.4.38.2|class|HangingProtocolInformationModelFind|Hanging Protocol Information Model - FIND
1.2.840.10008.5.1.4.38.3|class|HangingProtocolInformationModelMove|Hanging Protocol Information Model - MOVE
1.2.840.10008.5.1.4.38.4|class|HangingProtocolInformationModelGet|Hanging Protocol Information Model - GET
1.2.840.10008.5.1.4.39.1|storage|ColorPaletteStorage|Color Palette Storage
1.2.840.10008.5.1.4.39.2|class|ColorPaletteQueryRetrieveInformationModelFind|Color Palette Query/Retrieve Information Model - FIND
1.2.840.10008.5.1.4.39.3|class|ColorPaletteQueryRetrieveInformationModelMove|Color Palette Query/Retrieve Information Model - MOVE
1.2.840.10008.5.1.4.39.4|class|ColorPaletteQueryRetrieveInformationModelGet|Color Palette Query/Retrieve Information Model - GET
1.2.840.10008.5.1.4.41|class|ProductCharacteristicsQuery|Product Characteristics Query SOP Class
1.2.840.10008.5.1.4.42|class|SubstanceApprovalQuery|Substance Approval Query SOP Class
1.2.840.10008.5.1.4.43.1|storage|GenericImplantTemplateStorage|Generic Implant Template Storage
1.2.840.10008.5.1.4.43.2|class|GenericImplantTemplateInformationModelFind|Generic Implant Template Information Model - FIND
1.2.840.10008.5.1.4.43.3|class|GenericImplantTemplateInformationModelMove|Generic Implant Template Information Model - MOVE
1.2.840.10008.5.1.4.43.4|class|GenericImplantTemplateInformationModelGet|Generic Implant Template Information Model - GET
1.2.840.10008.5.1.4.44.1|storage|ImplantAssemblyTemplateStorage|Implant Assembly Template Storage
1.2.840.10008.5.1.4.44.2|class|ImplantAssemblyTemplateInformationModelFind|Implant Assembly Template Information Model - FIND
1.2.840.10008.5.1.4.44.3|class|ImplantAssemblyTemplateInformationModelMove|Implant Assembly Template Information Model - MOVE
1.2.840.10008.5.1.4.44.4|class|ImplantAssemblyTemplateInformationModelGet|Implant Assembly Template Information Model - GET
1.2.840.10008.5.1.4.45.1|storage|ImplantTemplateGroupStorage|Implant Template Group Storage
1.2.840.10008.5.1.4.45.2|class|ImplantTemplateGroupInformationModelFind|Implant Template Group Information Model - FIND
1.2.840.10008.5.1.4.45.3|class|ImplantTemplateGroupInformationModelMove|Implant Template Group Information Model - MOVE
1.2.840.10008.5.1.4.45.4|class|ImplantTemplateGroupInformationModelGet|Implant Template Group Information Model - GET
1.2.840.10008.7.1.1|other|NativeDICOMModel|Native DICOM Model
1.2.840.10008.7.1.2|other|AbstractMultiDimensionalImageModel|Abstract Multi-Dimensional Image Model
1.2.840.10008.8.1.1|other|DICOMContentMappingResource|DICOM Content Mapping Resource
1.2.840.10008.10.1|class|VideoEndoscopicImageRealTimeCommunication|Video Endoscopic Image Real-Time Communication
1.2.840.10008.10.2|class|VideoPhotographicImageRealTimeCommunication|Video Photographic Image Real-Time Communication
1.2.840.10008.10.3|class|AudioWaveformRealTimeCommunication|Audio Waveform Real-Time Communication
1.2.840.10008.10.4|class|RenditionSelectionDocumentRealTimeCommunication|Rendition Selection Document Real-Time Communication
1.2.840.10008.15.1.1|other|UTC|Universal Coordinated Time
`
