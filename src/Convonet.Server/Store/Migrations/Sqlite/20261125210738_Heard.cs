using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Convonet.Server.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Heard : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Heard",
                table: "turns",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Heard",
                table: "turns");
        }
    }
}
