// A quiet sound: two soft tones, a third of a second.
const TONES = [
  [660, 0],
  [880, 0.16],
];
const TONE_S = 0.18;
const VOLUME = 0.06;

export class AlertSound {
  #context = null;

  // Browsers only let a page make sounds after a click or key. Call this in the handler of one.
  allow() {
    this.#context ??= new AudioContext();
    return this.#context.resume();
  }

  get isAllowed() {
    return this.#context?.state === "running";
  }

  play() {
    if (!this.isAllowed) return;
    for (const [frequency, after] of TONES) this.#playTone(frequency, this.#context.currentTime + after);
  }

  #playTone(frequency, at) {
    const gain = new GainNode(this.#context, { gain: 0 });
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(VOLUME, at + TONE_S / 6);
    gain.gain.linearRampToValueAtTime(0, at + TONE_S);
    const tone = new OscillatorNode(this.#context, { frequency });
    tone.connect(gain).connect(this.#context.destination);
    tone.start(at);
    tone.stop(at + TONE_S);
  }
}
