#include "src/check/key_set.hpp"

namespace fkaudit::check {

std::size_t key_set::find_missing(key_gatherer const& children, std::uint32_t* missing) const {
    if (words) return words->find_missing(children.words(), missing);
    if (pairs) return pairs->find_missing(children.pairs(), missing);
    auto const count = texts->find_missing(children.texts(), missing);
    std::sort(missing, missing + count);
    return count;
}

std::size_t key_set::bytes() const noexcept {
    auto const size = words ? words->bytes() : pairs ? pairs->bytes() : texts->bytes();
    return (size + keys::line_size - 1) / keys::line_size * keys::line_size;
}

void key_set::copy_to(std::byte* place) const noexcept {
    if (words)
        std::memcpy(place, words->memory(), words->bytes());
    else if (pairs)
        std::memcpy(place, pairs->memory(), pairs->bytes());
    else
        texts->copy_to(place);
}

key_set key_set::at(std::byte* place) const noexcept {
    key_set moved;
    if (words) moved.words = words->at(place);
    if (pairs) moved.pairs = pairs->at(place);
    if (texts) moved.texts = texts->at(place);
    return moved;
}

}  // namespace fkaudit::check
