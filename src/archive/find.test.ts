import { afterAll } from 'vitest'
import { findContract } from '../../test/contract/find.contract.ts'
import { worklistContract } from '../../test/contract/worklist.contract.ts'
import { indexOn, removeIndexes } from '../../test/support/indexes.ts'

afterAll(removeIndexes)

for (const [name, open] of indexOn) {
  findContract(name, open)
  worklistContract(name, open)
}
