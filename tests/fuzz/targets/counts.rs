#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cwrc_fuzz::counts(bytes));
