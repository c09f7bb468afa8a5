import { afterAll } from 'vitest'
import { auditContract } from '../../test/contract/audit.contract.ts'
import { indexOn, removeIndexes } from '../../test/support/indexes.ts'

afterAll(removeIndexes)

for (const [name, open] of indexOn) auditContract(name, open)
