#pragma once

#include <span>
#include <string_view>

#include "src/model/arena.hpp"

/// How people name tables and columns: words in snake_case or camelCase, a singular or a plural.
namespace fkaudit::audit {

using words = std::span<std::string_view const>;

/// The words of a name in lower case: `billingAddressID` and `billing_address_id` alike. ASCII letters only change
/// their case; digits belong to the word before them.
words split_name(model::arena& arena, std::string_view name);

/// Whether the two are one noun, in the singular or the plural: `category` and `categories`, `person` and `people`.
bool is_same_noun(std::string_view a, std::string_view b) noexcept;

/// Whether two names of one or more words are the same, the last word a noun; a name written in one word counts too
/// (`orderitem` and `order_items`).
bool is_same_name(words a, words b) noexcept;

}  // namespace fkaudit::audit
