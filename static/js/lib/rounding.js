// How figures are rounded: halves up, and first to what exports give, as classroom/rounding.py explains.
export function wholePercent(share) {
  return Math.floor((tenThousandths(share) + 50) / 100);
}

// A mean number of students.
export function wholeCount(mean) {
  return Math.floor((tenThousandths(mean) + 5_000) / 10_000);
}

// "0" is for nobody there: seconds are "<1".
export function shownMinutes(minutes) {
  const tenths = halfUp(minutes * 10);
  const whole = Math.floor((tenths + 5) / 10);
  return minutes > 0 && whole === 0 ? "<1" : String(whole);
}

function tenThousandths(value) {
  return halfUp(value * 10_000);
}

// Floats hold 57 / 800 as a little less than 0.07125, which is a half, too.
function halfUp(value) {
  return Math.floor(Number(value.toFixed(6)) + 0.5);
}
