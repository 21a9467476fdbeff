// The one place where an error becomes a message and an exit code.
#include "mnist/machine/failure.hpp"

#include "mnist/core/error.hpp"
#include "mnist/core/exit_codes.hpp"
#include "mnist/machine/shortage.hpp"

namespace mnist {

Failure failure_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const InputError& fault) {
        return {kExitInput, fault.what()};
    } catch (const RankError& fault) {
        return {fault.code(), fault.what(), true};
    } catch (const std::exception& fault) {
        return {kExitFailure, shortage(fault).value_or(std::string("internal failure: ") + fault.what())};
    }
}

}  // namespace mnist
