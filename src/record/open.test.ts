import { afterAll } from 'vitest'
import { recordContract } from '../../test/contract/record.contract.ts'
import { indexOn, removeIndexes } from '../../test/support/indexes.ts'

afterAll(removeIndexes)

for (const [name, open] of indexOn) recordContract(name, open)
