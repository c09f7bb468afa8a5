/** `docs/demo.md` from the stories themselves, so that its tables are what the command makes. */
import { lookUp } from '../src/dicom/dictionary.ts'
import { ageAt, type Told } from '../src/synthetic/modules.ts'
import { demonstration, STORIES, STORY_NAMES, type StoryName } from '../src/synthetic/stories.ts'
import { demonstrationTruth } from '../src/synthetic/truth.ts'

const dashed = (date: string): string => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`

function told(name: StoryName): string {
  const { says } = STORIES[name]
  const studies: readonly Told[] = STORIES[name].told
  const objects = [...demonstration([name])]
  const [first] = studies
  if (first === undefined) return ''
  const { person } = first.study
  const megabytes = objects.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6
  const rows = [...studies]
    .sort((a, b) => (a.study.date < b.study.date ? -1 : 1))
    .map(
      ({ study, says }) =>
        `| ${dashed(study.date)} | ${ageAt(study.date, person.born)} | ${study.description} | ${says} |`,
    )
  return `## \`${name}\`: ${says}

${person.name.replaceAll('=', ' · ').replaceAll('^', ' ')}, ${person.id}, ${person.sex}, born ${dashed(person.born)}. ${objects.length} objects, ${Math.round(megabytes)} MB.

| date | age | study | what it shows |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

export function generateDemo(): ReadonlyMap<string, string> {
  const truth = demonstrationTruth().nodule.map(
    ({ date, longAxis, shortAxis, volume, position }) =>
      `| ${dashed(date)} | ${longAxis.toFixed(2)} | ${shortAxis.toFixed(2)} | ${volume.toFixed(1)} | ${position.join(', ')} |`,
  )
  const synthetic = lookUp(0x0008001c as never)?.name
  const text = `<!-- Generated from src/synthetic by tools/generate-demo.ts. Do not edit: npm run generate -->
# Synthetic patients

\`\`\`sh
bin/clearkeep demo --data DIR                          # into a data folder that nobody has open
bin/clearkeep demo --server URL --token-file FILE      # into a running archive
bin/clearkeep demo --only ${STORY_NAMES.slice(0, 2).join(',')}                # some of the stories
bin/clearkeep demo --truth                             # what is known of the images, as JSON
\`\`\`

Every picture has SYNTHETIC burned into it, ${synthetic} (0008,001C) says YES,
the issuer of the patients' IDs is CLEARKEEP SYNTHETIC, and no name could be anybody's. The objects are computed while they are
brought in, and are the same wherever and whenever that is done, bit for bit: a second run finds everything there already.

They are phantoms: shapes and noise that look like what they stand for, made for trying an archive and for measuring where the
truth is known. They are nothing to learn medicine from.

${STORY_NAMES.map(told).join('\n')}
## Truth of the nodule

Measured on the shape that is painted, not on the images: diameters in the axial plane through its middle (mm), volume (mm³), and
where its middle lies in the coordinates of each examination (mm; PS3.3 C.7.6.2), since the patient lies a little differently each time.

| date | longest diameter | across it | volume | position x, y, z |
| --- | --- | --- | --- | --- |
${truth.join('\n')}
`
  return new Map([['docs/demo.md', text]])
}
