// How figures are rounded: halves up, and first to what exports give, as classroom/rounding.py explains.
export function wholePercent(share) {
  const tenThousandths = Math.floor(share * 10_000 + 0.5);
  return Math.floor((tenThousandths + 50) / 100);
}

// "0" is for nobody there: seconds are "<1".
export function shownMinutes(minutes) {
  const tenths = Math.floor(minutes * 10 + 0.5);
  const whole = Math.floor((tenths + 5) / 10);
  return minutes > 0 && whole === 0 ? "<1" : String(whole);
}
