import { describe, expect, it } from 'vitest'
import { isSingleKey, keyName } from './keys.ts'

const press = (key: string, modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) =>
  keyName({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers })

describe('names of keys', () => {
  it('lets printing keys stand for themselves on any keyboard layout', () => {
    expect(press('j')).toBe('j')
    expect(press('?', { shiftKey: true })).toBe('?')
    expect(press('/', { shiftKey: true })).toBe('/') // a German keyboard types / with Shift
  })

  it('ignores Caps Lock and names Shift with letters', () => {
    expect(press('J')).toBe('j')
    expect(press('P', { shiftKey: true })).toBe('Shift+p')
  })

  it('names other keys and modifiers', () => {
    expect(press(' ')).toBe('Space')
    expect(press('ArrowDown', { altKey: true })).toBe('Alt+ArrowDown')
    expect(press('k', { metaKey: true })).toBe('Ctrl+k')
    expect(press('Shift', { shiftKey: true })).toBeUndefined()
  })

  it('knows which shortcuts may be switched off (WCAG 2.1.4)', () => {
    expect(isSingleKey('j')).toBe(true)
    expect(isSingleKey('g w')).toBe(true)
    expect(isSingleKey('Shift+p')).toBe(true)
    expect(isSingleKey('ArrowDown')).toBe(false)
    expect(isSingleKey('Ctrl+k')).toBe(false)
  })
})
