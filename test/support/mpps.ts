/** Modality Performed Procedure Steps as dcmjs-dimse sends them. */
import dimse from 'dcmjs-dimse'

const { Client, constants, Dataset, requests } = dimse
const MPPS = constants.SopClass.ModalityPerformedProcedureStep

/** Sends an N-CREATE or an N-SET, and gives the status of the answer. */
function ask(port: number, request: InstanceType<typeof requests.NCreateRequest>): Promise<number> {
  return new Promise((resolve, reject) => {
    const client = new Client()
    request.on('response', (response: { getStatus(): number }) => resolve(response.getStatus()))
    client.on('networkError', reject)
    client.addRequest(request)
    client.send('127.0.0.1', port, 'CT01', 'CLEARKEEP')
  })
}

export function create(port: number, sop: string, accession: string, step: string, study: string): Promise<number> {
  const request = new requests.NCreateRequest(MPPS, sop)
  request.setDataset(
    new Dataset({
      PatientName: 'Muller^Jorg',
      PatientID: '4711',
      PerformedProcedureStepID: 'PPS1',
      PerformedStationAETitle: 'CT01',
      PerformedProcedureStepStartDate: '20260302',
      PerformedProcedureStepStartTime: '093500',
      PerformedProcedureStepStatus: 'IN PROGRESS',
      Modality: 'CT',
      ScheduledStepAttributesSequence: [
        {
          StudyInstanceUID: study,
          AccessionNumber: accession,
          ScheduledProcedureStepID: step,
          RequestedProcedureID: 'RP',
        },
      ],
      PerformedSeriesSequence: [],
    }),
  )
  return ask(port, request)
}

export function finish(port: number, sop: string, status: string, series: readonly object[] = []): Promise<number> {
  const request = new requests.NSetRequest(MPPS, sop)
  request.setDataset(
    new Dataset({
      PerformedProcedureStepStatus: status,
      PerformedProcedureStepEndDate: '20260302',
      PerformedProcedureStepEndTime: '095000',
      PerformedSeriesSequence: series,
    }),
  )
  return ask(port, request as unknown as InstanceType<typeof requests.NCreateRequest>)
}
