/**
 * How large this screen is, as browsers have it: 96 of their pixels make an inch (CSS Values 4, section 6.2), whatever
 * hangs on the wall. True size is true as far as that is.
 */
const CSS_PIXELS_AN_INCH = 96
const MM_AN_INCH = 25.4

export const devicePixelsPerMm = (): number => (CSS_PIXELS_AN_INCH / MM_AN_INCH) * window.devicePixelRatio
