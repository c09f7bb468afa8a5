/** Decides the facts on standard input and prints the decisions: a process of its own has a time zone of its own. */
import { readFileSync } from 'node:fs'
import { decideRetention } from '../../src/compliance/retention/decide.ts'
import type { Facts } from '../../src/compliance/retention/facts.ts'
import { readRuleSets, readRules } from '../../src/compliance/retention/rules.ts'

const rules = readRules(readRuleSets())
const facts = JSON.parse(readFileSync(0, 'utf8')) as readonly Facts[]
process.stdout.write(JSON.stringify(facts.map((of) => decideRetention(rules, of))))
