//! The `cwrc` binary: everything is in the library.

fn main() -> std::process::ExitCode {
    cwrc::cli::main()
}
